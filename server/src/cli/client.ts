import type { Problem } from "@svyazka/contract";
import { readHubAccess } from "../config.ts";

/** The hub said no, or could not be reached. */
export class CommandFailed extends Error {}

export interface HubClient {
  /** Calls `/hub/v1` + path. `workspace` is a subdomain or a number. */
  call<T>(
    method: string,
    path: string,
    options?: { body?: unknown; workspace?: string | undefined; query?: Record<string, string | number | undefined> },
  ): Promise<T>;
  /** Follows `next_cursor` until `limit` items are there. */
  list<T>(
    path: string,
    options: { workspace?: string | undefined; limit: number; query?: Record<string, string | number | undefined> },
  ): Promise<T[]>;
}

const mostPerPage = 250;

export function makeClient(dataDir: string | undefined): HubClient {
  const { url, token } = readHubAccess(dataDir);
  const client: HubClient = {
    async call(method, path, { body, workspace, query = {} } = {}) {
      const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
      const address = `${url}/hub/v1${path}${given.length > 0 ? `?${new URLSearchParams(given).toString()}` : ""}`;
      const headers = {
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(workspace !== undefined && { "svyazka-workspace": workspace }),
      };
      let answer: Response;
      try {
        answer = await fetch(address, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
      } catch {
        throw new CommandFailed(`The hub does not answer at ${url}: is it running?`);
      }
      const text = await answer.text();
      if (!answer.ok) throw new CommandFailed(explain(answer.status, text));
      return (text === "" ? undefined : JSON.parse(text)) as never;
    },
    async list<T>(path: string, { workspace, limit, query = {} }: Parameters<HubClient["list"]>[1]) {
      const items: T[] = [];
      let cursor: string | undefined;
      do {
        const page: { items: T[]; next_cursor: string | null } = await client.call("GET", path, {
          workspace,
          query: { ...query, limit: Math.min(limit - items.length, mostPerPage), cursor },
        });
        items.push(...page.items);
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined && items.length < limit);
      return items;
    },
  };
  return client;
}

function explain(status: number, text: string): string {
  try {
    const problem = JSON.parse(text) as Problem;
    const fields = Object.entries(problem.errors ?? {}).map(([name, words]) => `  ${name}: ${words.join("; ")}`);
    return [problem.detail ?? problem.title, ...fields].join("\n");
  } catch {
    return `The hub answered ${status}: ${text.slice(0, 300)}`;
  }
}
