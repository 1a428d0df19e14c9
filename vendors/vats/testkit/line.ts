import type { ConnectionId, Directory, Fetch, InboundRequest, Received, Reply, WorkspaceId } from "@svyazka/core";
import { emptyDirectory, Unavailable } from "@svyazka/core";
import { type MemoryKit, memoryKit } from "@svyazka/core/testkit";
import { vats } from "../src/adapter.ts";
import { type Line, settings } from "../src/settings.ts";

export const now = new Date("2026-03-02T10:00:00Z");

export const directory: Directory = {
  ...emptyDirectory,
  users: [
    { id: "23", name: "Иван Петров", active: true },
    { id: "krg", name: "Анна Смирнова", active: true },
    { id: "7", name: "Ушёл", active: false },
  ],
};

type Overrides = { [K in "settings" | "secrets"]?: Partial<Line[K]> } & {
  readonly userMapping?: Record<string, string>;
  readonly id?: number;
};

/** A connection as its owner has set it up; what is not told is as it is by itself. */
export function lineWith(overrides: Overrides = {}): Line {
  const defaults = Object.fromEntries(
    Object.entries(settings).flatMap(([name, setting]) => ("default" in setting ? [[name, setting.default]] : [])),
  );
  const secrets = {
    crm_token: "crm-token",
    admin_login: "admin",
    admin_password: "pass",
    api_key: "api-key",
    password: undefined,
    pbx_token: undefined,
    crm_key: undefined,
  };
  return {
    id: (overrides.id ?? 5) as ConnectionId,
    name: "PBX",
    workspace: {
      id: 1 as WorkspaceId,
      subdomain: "demo",
      name: "Demo",
      country: "RU",
      timeZone: "Europe/Moscow",
      language: "ru",
      currency: "RUB",
    },
    settings: { ...(defaults as unknown as Line["settings"]), ...overrides.settings },
    secrets: { ...secrets, ...overrides.secrets },
    directory,
    fieldMapping: {},
    stageMapping: {},
    userMapping: overrides.userMapping ?? { ivan: "23", anna: "krg" },
  };
}

/** As it comes from the decoder. */
export function requestOf(path: string, form: Readonly<Record<string, string>> = {}, rest: Partial<InboundRequest> = {}): InboundRequest {
  return { method: "POST", path, headers: {}, query: {}, form, files: [], text: "", ip: "203.0.113.5", ...rest };
}

/** The reply, and what it was about. Refusals are told as the door tells them. */
export async function ask(
  line: Line,
  request: InboundRequest,
  kit: MemoryKit = memoryKit(),
): Promise<{ reply: Reply; received: Received | undefined }> {
  const { door, receive } = vats;
  if (!door || !receive) throw new Error("it has a door");
  try {
    const received = receive(request, line, now);
    if ("answer" in received) return { reply: await received.answer(kit), received };
    return { reply: "page" in received ? received.page : received.reply, received };
  } catch (error) {
    if (!(error instanceof Error && error.name === "Malformed")) throw error;
    const { message, fields } = error as Error & { fields: Record<string, string[]> };
    return { reply: door.refuse({ kind: "malformed", message, fields }, request), received: undefined };
  }
}

/** The network of this machine. */
export const localFetch: Fetch = async ({ method, url, headers, body, timeoutSeconds = 5 }) => {
  try {
    const answer = await fetch(url, {
      ...{ method, redirect: "manual", signal: AbortSignal.timeout(timeoutSeconds * 1000) },
      ...(headers && { headers }),
      ...(body !== undefined && { body }),
    });
    return { status: answer.status, headers: Object.fromEntries(answer.headers), body: await answer.text() };
  } catch (error) {
    throw new Unavailable(String(error));
  }
};
