import type { Params } from "../call.ts";
import { stampOf } from "../portal.ts";

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** As PHP writes JSON: slashes and quotes are escaped. */
export const json = (status: number, body: unknown): Reply => ({
  status,
  headers: { "content-type": "application/json; charset=utf-8" },
  body: JSON.stringify(body)
    .replaceAll("/", "\\/")
    .replace(/\\(.)/gs, (found, letter) => (letter === '"' ? "\\u0022" : found)),
});

export const problem = (status: number, error: string, description: string, more: Params = {}): Reply =>
  json(status, { error, error_description: description, ...more });

export const html = (status: number, title: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { "content-type": "text/html; charset=utf-8", ...headers },
  body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
});

/** What goes beside every result. Milliseconds in, seconds out. */
export const timeOf = (startedAt: number, finishedAt: number, operating: number, resetAt: number) => ({
  start: startedAt / 1000,
  finish: finishedAt / 1000,
  duration: (finishedAt - startedAt) / 1000,
  processing: (finishedAt - startedAt) / 1000,
  date_start: stampOf(startedAt),
  date_finish: stampOf(finishedAt),
  operating_reset_at: resetAt,
  operating,
});
