import type { KeepFile, KeptFile, OutgoingRequest } from "@svyazka/core";
import type { LiveConnection } from "../connections/registry.ts";
import { type Files, keepFile } from "./keep.ts";
import { attachments, recordings } from "./kinds.ts";

interface Home {
  readonly files: Files;
  /** Where our own doors are: a simulated PBX of ours has its recordings there. */
  readonly ownAddress: string;
}

/** Copies what a connection has at this address: a recording of its PBX, or what somebody sent by it. */
export function keepFileOf(
  { files, ownAddress }: Home,
  { row, connected }: LiveConnection,
  ref: string,
  options: KeepFile,
): Promise<KeptFile> {
  const { telephony, messenger } = connected();
  const { days, attachment } = options;
  const owner = { workspace: row.workspace, connection: row.id, source: ref };
  const limits = { allowPrivateAddresses: row.allow_private_addresses || ref.startsWith(ownAddress) };
  const plain: OutgoingRequest = { method: "GET", url: ref };
  if (!attachment) return keepFile(files, owner, async () => telephony?.recording(ref) ?? plain, { days, limits, kind: recordings });
  const request = async (): Promise<OutgoingRequest> => (messenger?.media ? messenger.media(ref) : plain);
  return keepFile(files, owner, request, { days, limits, kind: attachments(attachment.largestBytes), name: attachment.name });
}
