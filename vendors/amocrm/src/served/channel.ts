import { type InboundRequest, Intruder, Invalid, type Kit, NotFound, type Received } from "@svyazka/core";
import { Missing, Unfit } from "../api/account.ts";
import type { ChatAccount } from "../api/chat-account.ts";
import { answerChats, plain } from "../api/chats.ts";
import { type ApiReply, notFound, Refusal } from "../api/http.ts";
import { chatsPath, isSignedChat, writeProblem } from "../protocol.ts";
import type { Integration } from "../settings.ts";
import { asReply } from "./as-reply.ts";
import { ownChats } from "./chats.ts";

/** The chats API over our own CRM: who comes, and whether they are who they say. */

export const isChatPath = (path: string): boolean => path.startsWith(`${chatsPath}/`);

/** The channel's id, or the beginning of a scope's: `<channel>_<account>`. */
export const channelIn = (path: string): string | undefined =>
  /^[0-9a-f-]{36}(?=_|$)/i.exec(path.slice(chatsPath.length + 1).split("/")[0] ?? "")?.[0].toLowerCase();

/** Whoever names no channel is told that there is none; whoever signs wrongly, so. */
export const refuseChannel = (kind: string): ApiReply =>
  plain(kind === "wrong_token" ? new Refusal(writeProblem(403, "The signature is not right")) : notFound("There is no such channel"));

/** Throws `Intruder` unless the channel has signed it, by either scheme. */
export function receiveChat(request: InboundRequest, channel: Integration, now: Date): Received {
  const { method, path, headers, text, origin, search = "" } = request;
  const signed = (path: string): boolean =>
    isSignedChat({ method, path, body: text }, headers, channel.secrets.channel_secret, now.getTime() / 1000);
  // What was signed is the path as it was sent: percent signs and all, below /in/<connection> the whole of it.
  const prefix = URL.parse(origin ?? "")?.pathname.replace(/\/$/, "") ?? "";
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  if (![...new Set([path, encoded, prefix + path, prefix + encoded])].some(signed)) throw new Intruder("the signature is not right");
  return {
    answer: (kit) => answer(request, channel, kit, search),
    otherwise: asReply(plain(new Refusal(writeProblem(503, "The service is not available for a moment")))),
    withinMs: 30_000,
    ...(method === "GET" && { unrecorded: true as const }),
  };
}

const answer = async ({ method, path, text }: InboundRequest, channel: Integration, kit: Kit, query: string) =>
  asReply(await answerChats(inTheirWords(ownChats(channel, await kit.ownCrm(), kit)), { method, path, query, body: text }));

/** What our CRM does not take is refused as everything is that does not fit; what was there a moment ago is missing. */
const inTheirWords = (chats: ChatAccount): ChatAccount =>
  Object.fromEntries(
    Object.entries(chats).map(([name, member]) => [
      name,
      typeof member !== "function"
        ? member
        : async (...args: unknown[]) => {
            try {
              return await (member as (...args: unknown[]) => Promise<unknown>)(...args);
            } catch (error) {
              if (error instanceof NotFound) throw new Missing(error.message);
              if (!(error instanceof Invalid)) throw error;
              const [[place = "", problems = []] = []] = Object.entries(error.fields);
              throw new Unfit(placeOf(place), problems.join("; "));
            }
          },
    ]),
  ) as unknown as ChatAccount;

const placeOf = (place: string): string =>
  place.startsWith("content") || place === "text"
    ? "payload.message"
    : place.startsWith("client") || place === "name"
      ? "payload.sender"
      : `payload.${place}`;
