import { randomBytes } from "node:crypto";
import type { Answer, InboundRequest, Kit } from "@svyazka/core";
import {
  answerExchange,
  checkAuthReply,
  type ExchangeReply,
  type ExchangeSession,
  exchangeSettings,
  noSession,
  openSession,
  refusal,
  wrongLogin,
} from "../commerceml/index.ts";
import { type AtDoor, mustBeExchange, NotApproved } from "./bases.ts";
import { chunkStore } from "./exchange-store.ts";
import { exchangeWork } from "./exchange-work.ts";
import { basicState } from "./sent.ts";

/** One request of the exchange with shops: who is it, where was it, and what comes next. */

/** 1C waits long; after so much work it is told "progress", and asks again. */
const stepMs = 10_000;
const sessionDays = 1;

export async function answerStep(request: InboundRequest, at: AtDoor): Promise<Answer> {
  const { type, mode, filename, version, sessid, base = "site" } = request.query;
  if (mode === "checkauth") {
    // 1C shows the second line to a person; a status other than 200 it calls an error of the server.
    if (basicState(request, at.door) !== "right") return { ...asReply(refusal(wrongLogin, exchangeSettings)), detail: "wrong login" };
    const session = openSession(randomBytes(24).toString("hex"), randomBytes(16).toString("hex"));
    await keep(at.kit, session);
    return asReply(checkAuthReply(session, exchangeSettings, at.kit.now().getTime() / 1000));
  }
  const id = cookieOf(request);
  const known = id === undefined ? undefined : await at.kit.store.get<ExchangeSession>("exchange", id);
  if (!known) return { ...asReply(refusal(noSession, exchangeSettings)), detail: "no session" };
  try {
    // 1C that has given up waiting asks again while the first request still works.
    return await at.kit.exclusively([`exchange ${known.id}`], async () => {
      const session = (await at.kit.store.get<ExchangeSession>("exchange", known.id)) ?? known;
      const scene = await mustBeExchange(at, base);
      const { work, settle } = exchangeWork(scene);
      const ends = at.kit.now().getTime() + stepMs;
      const step = await answerExchange({ type, mode, filename, version, sessid, body: request.bytes }, session, {
        ...{ settings: exchangeSettings, store: chunkStore(at.kit, session.id), work },
        now: localNow(at),
        pause: () => at.kit.now().getTime() > ends,
      });
      // What was learnt is on disk before the place in the file moves on.
      const detail = await settle();
      await keep(at.kit, step.session);
      return { ...asReply(step.reply), ...(detail !== "" && { detail }) };
    });
  } catch (error) {
    if (!(error instanceof NotApproved)) throw error;
    return { ...asReply(refusal(error.message, exchangeSettings, known)), detail: error.message };
  }
}

const keep = (kit: Kit, session: ExchangeSession): Promise<void> => kit.store.put("exchange", session.id, session, { days: sessionDays });

const cookieOf = ({ headers }: InboundRequest): string | undefined =>
  new RegExp(`(?:^|;)\\s*${exchangeSettings.cookieName}=([0-9a-f]+)`).exec(headers["cookie"] ?? "")?.[1];

const asReply = ({ status, contentType, body }: ExchangeReply) => ({
  ...{ status, body: "", bytes: body },
  headers: { "content-type": contentType, "cache-control": "no-store" },
});

/** Now in the zone of the company, as 1C writes it. */
const localNow = ({ door, kit }: AtDoor): string =>
  kit.now().toLocaleString("sv-SE", { timeZone: door.workspace.timeZone }).replace(" ", "T");
