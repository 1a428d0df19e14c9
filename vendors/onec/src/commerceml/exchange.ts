import { encode } from "./encoding.ts";
import { cleanFileName, isXml, isZip } from "./file-name.ts";
import { type ImportStep, importFile } from "./import.ts";
import { encodingOf, failureReply, linesReply, xmlReply } from "./reply.ts";
import type { ExchangeContext, ExchangeReply, ExchangeRequest, ExchangeSession, ExchangeSettings, ExchangeStep } from "./session.ts";
import { agreeVersion } from "./version.ts";
import { writeInfo } from "./write-info.ts";
import { writeOrders } from "./write-orders.ts";

/**
 * The site's side of an exchange with 1C: https://dev.1c-bitrix.ru/api_help/sale/algorithms/data_2_site.php and
 * https://dev.1c-bitrix.ru/api_help/sale/algorithms/doc_from_site.php. The caller checks the password and keeps sessions and files.
 */
export function checkAuthReply(session: ExchangeSession, settings: ExchangeSettings, unixSeconds: number): ExchangeReply {
  const lines = ["success", settings.cookieName, session.id, `sessid=${session.sessid}`, `timestamp=${Math.floor(unixSeconds)}`];
  return linesReply(lines, encodingOf(settings, undefined));
}

/** Refuses: a wrong password, a session that is not known, a base that is not approved. The text is shown in 1C. */
export function refusal(why: string, settings: ExchangeSettings, session?: ExchangeSession): ExchangeReply {
  return failureReply(why, encodingOf(settings, session));
}

export const wrongLogin = "Неверный логин или пароль";
export const noSession = "Сеанс обмена не найден или закончился: начните обмен заново";

/** Answers any request but `checkauth`, in a session that was found by its cookie. */
export async function answerExchange(request: ExchangeRequest, session: ExchangeSession, context: ExchangeContext): Promise<ExchangeStep> {
  const say = (lines: readonly string[], next = session): ExchangeStep => ({
    reply: linesReply(lines, encodingOf(context.settings, next)),
    session: next,
  });
  const refuse = (why: string): ExchangeStep => ({ reply: refusal(why, context.settings, session), session });
  const { type, mode } = request;
  // Modules older than sessid send none; a wrong one is another exchange's.
  if (request.sessid !== undefined && request.sessid !== session.sessid) return refuse(noSession);
  if (type !== "sale" && type !== "catalog") return refuse(`Обмен «${type ?? ""}» не поддерживается: есть sale и catalog`);
  try {
    if (mode === "init") return say(...(await begin(request, session, context)));
    if (type === "catalog") return answerCatalogue(mode, say, refuse);
    switch (mode) {
      case "file":
        return await receiveFile(request, session, context, say, refuse);
      case "import":
        return await answerImport(request.filename, session, context, refuse);
      case "query":
        return await offerOrders(session, context);
      case "success":
        return await confirmOrders(session, context, say);
      case "info": {
        const encoding = encodingOf(context.settings, session);
        return { reply: xmlReply(writeInfo(await context.work.info(), encoding), encoding), session };
      }
      default:
        return refuse(`Неизвестный режим обмена «${mode ?? ""}»`);
    }
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error));
  }
}

type Say = (lines: readonly string[], next?: ExchangeSession) => ExchangeStep;
type Refuse = (why: string) => ExchangeStep;

/** A new start: whatever an exchange left half done is forgotten. Only a 1C that tells its version is answered in the longer form. */
async function begin(
  request: ExchangeRequest,
  session: ExchangeSession,
  { settings, store }: ExchangeContext,
): Promise<[readonly string[], ExchangeSession]> {
  await store.clear();
  const version = agreeVersion(request.version);
  const lines = [`zip=${settings.zip ? "yes" : "no"}`, `file_limit=${settings.fileLimit}`];
  const fresh: ExchangeSession = {
    ...{ id: session.id, sessid: session.sessid, imports: {}, archives: {}, receivedBytes: 0, tails: {} },
    ...(version !== undefined && { version }),
  };
  return [version === undefined ? lines : [...lines, `sessid=${session.sessid}`, `version=${version}`], fresh];
}

/** Goods are not ours; 1C often sends them in the same run, and must not stop at a failure before it comes to the orders. */
function answerCatalogue(mode: string | undefined, say: Say, refuse: Refuse): ExchangeStep {
  if (mode === "file") return say(["success"]);
  if (mode === "import" || mode === "deactivate" || mode === "complete") return say(["success", "Каталог товаров не хранится"]);
  return refuse(`Неизвестный режим обмена «${mode ?? ""}»`);
}

async function receiveFile(
  request: ExchangeRequest,
  session: ExchangeSession,
  context: ExchangeContext,
  say: Say,
  refuse: Refuse,
): Promise<ExchangeStep> {
  const { settings, store } = context;
  const name = cleanFileName(request.filename);
  if (name === undefined) return refuse("Недопустимое имя файла");
  const body = request.body ?? new Uint8Array();
  if (body.length === 0) return refuse(`Файл ${name}: получена пустая часть`);
  const receivedBytes = session.receivedBytes + body.length;
  if (receivedBytes > settings.exchangeLimit)
    return refuse(`Больше ${Math.round(settings.exchangeLimit / 1024 / 1024)} МБ за один обмен не принимается`);
  const kept = startOver(name, session);
  if (kept !== session) await store.remove(name);
  await store.append(name, body);
  const next = { ...kept, receivedBytes };
  if (session.version !== undefined) return say(["success"], next);
  return importAtOnce(name, body, next, context, say);
}

/** A file whose import began is sent anew, not continued. */
function startOver(name: string, session: ExchangeSession): ExchangeSession {
  if (!session.imports[name] && !session.archives[name]) return session;
  const { [name]: _, ...imports } = session.imports;
  const { [name]: __, ...archives } = session.archives;
  const { [name]: ___, ...tails } = session.tails;
  return { ...session, imports, archives, tails };
}

const tailBytes = 200;
/** How a whole file ends, in both encodings and for archives (the record at the end of a zip has no comment when 1C writes it). */
const xmlEnds = (["utf-8", "windows-1251"] as const).map((encoding) =>
  Buffer.from(encode("</КоммерческаяИнформация>", encoding)).toString("hex"),
);
const zipEnd = "504b0506";

/**
 * The old style has no `import`: the file is taken in with its last chunk, in this one request. Which chunk is the last is not told:
 * one that ends as such a file ends, or is shorter than `file_limit` (then the file is broken, and that is said).
 */
async function importAtOnce(
  name: string,
  body: Uint8Array,
  session: ExchangeSession,
  context: ExchangeContext,
  say: Say,
): Promise<ExchangeStep> {
  if (!isXml(name) && !isZip(name)) return say(["success"], session);
  const tail = `${session.tails[name] ?? ""}${Buffer.from(body.subarray(-tailBytes)).toString("hex")}`.slice(-2 * tailBytes);
  const ended = isZip(name) ? tail.includes(zipEnd) : xmlEnds.some((end) => tail.includes(end));
  if (!ended && body.length >= context.settings.fileLimit)
    return say(["success"], { ...session, tails: { ...session.tails, [name]: tail } });
  const whole = { ...context, pause: () => false };
  let step = await importFile(name, session, whole);
  while (step.word === "progress") step = await importFile(name, step.session, whole);
  return asReply(step, context);
}

async function answerImport(
  filename: string | undefined,
  session: ExchangeSession,
  context: ExchangeContext,
  refuse: Refuse,
): Promise<ExchangeStep> {
  const name = cleanFileName(filename);
  return name === undefined ? refuse("Недопустимое имя файла") : asReply(await importFile(name, session, context), context);
}

function asReply({ word, text, session }: ImportStep, { settings }: ExchangeContext): ExchangeStep {
  const encoding = encodingOf(settings, session);
  return { reply: word === "failure" ? failureReply(text.join(" "), encoding) : linesReply([word, ...text], encoding), session };
}

async function offerOrders(session: ExchangeSession, { settings, work, now }: ExchangeContext): Promise<ExchangeStep> {
  const { orders, mark } = await work.orders();
  const encoding = encodingOf(settings, session);
  const reply = xmlReply(writeOrders(orders, { version: session.version, encoding, now }), encoding);
  return { reply, session: { ...session, offered: mark } };
}

/** Only now are the orders 1C's: a `success` that answers no `query` of this exchange moves nothing. */
async function confirmOrders(session: ExchangeSession, { work }: ExchangeContext, say: Say): Promise<ExchangeStep> {
  const { offered, ...rest } = session;
  if (offered === undefined) return say(["success"]);
  await work.taken(offered);
  return say(["success"], rest);
}
