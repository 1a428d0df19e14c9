import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HubProcess } from "./hub.ts";

/** A program for amoCRM, registered in a workspace of a hub. */
export interface Integration {
  readonly id: number;
  readonly client_id: string;
  readonly client_secret: string;
  /** Good for 20 minutes, once. */
  readonly code: string;
  readonly long_lived_token: string;
  readonly urls: { readonly api: string; readonly authorize: string; readonly token: string };
}

export async function registerIntegration(
  hub: HubProcess,
  workspace: string,
  redirect = "https://example.com/callback",
): Promise<Integration> {
  const picture = join(hub.dataDir, "picture.png");
  writeFileSync(
    picture,
    Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII=", "base64"),
  );
  return hub.command<Integration>(
    ...["integration", "create", "--workspace", workspace, "--name", "Хаб", "--redirect-uri", redirect, "--picture", picture],
    ...["--long-lived", "--allow-private-addresses", "--set", "requests_per_second=0"],
  );
}
