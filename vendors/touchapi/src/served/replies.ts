import type { Reply } from "@svyazka/core";

/** An answer of the service: `body` is JSON. */
export const reply = (status: number, body: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8", ...headers },
  body,
});
