import { readFile } from "node:fs/promises";
import { type Files as Lent, Refused, type WorkspaceId } from "@svyazka/core";
import type { KeyRing } from "../connections/secrets.ts";
import { type Files, pathOf } from "./keep.ts";
import { lastingFileLink } from "./link.ts";

/** Files of one workspace, for a connection that sends them on. */
export const lendFiles = ({ pool, directory }: Files, keys: KeyRing, workspace: WorkspaceId, publicUrl: () => string): Lent => ({
  async read(id) {
    const [file] = await pool.in(workspace).query<{ type: string; name: string | null }>({
      name: "file-to-send",
      text: "select type, name from hub.file where workspace = $1 and id = $2 and expires_at > now()",
      values: [workspace, id],
    });
    const bytes = file && (await readFile(pathOf(directory, workspace, id)).catch(() => undefined));
    if (!bytes) throw new Refused("the file is no longer kept");
    return { bytes, type: file.type, name: file.name ?? "file" };
  },
  url: (id) => publicUrl() + lastingFileLink(keys, workspace, id),
});
