import { callbackDataLimit, captionLimit, isUserId, type StatusState, textLimit, variablesIn } from "../protocol.ts";
import { errorOf, type Failure, statusHook } from "./hooks.ts";
import { keep, mediaOf, newMessageId, nowSeconds, type SentMessage, type State, windowSeconds } from "./state.ts";
import { type Answer, answerOf, missing, refuse } from "./wire.ts";

type Body = Readonly<Record<string, unknown>>;
const types = ["text", "image", "video", "audio", "document", "sticker", "location", "contacts", "reaction", "template", "interactive"];
const mediaTypes = ["image", "video", "audio", "document", "sticker"];
const objectIn = (body: Body, name: string): Body => (typeof body[name] === "object" && body[name] !== null ? (body[name] as Body) : {});

/** `POST /<number>/messages`: a message, or that one was read. */
export function answerMessages(state: State, body: Body, tell: (hook: object) => void): Answer {
  if (body["messaging_product"] !== "whatsapp") return refuse(400, 100, "(#100) The parameter messaging_product is required.");
  if (body["status"] === "read") return answerRead(state, body);
  const to = String(body["to"] ?? body["recipient"] ?? "");
  if (to === "") return refuse(400, 100, "(#100) The parameter to is required.");
  if (body["to"] === undefined && !isUserId(to)) return refuse(400, 100, "(#100) Invalid parameter", "recipient is no user id");
  const type = String(body["type"] ?? "text");
  const problem = types.includes(type)
    ? problemOf(state, type, body)
    : refuse(400, 100, "(#100) Invalid parameter", `type ${type.slice(0, 50)}`);
  if (problem) return problem;
  const failure = failureOf(state, to, type, body);
  if (failure === 131047 && state.switches.windowToldBy === "answer") {
    const { title, error_data } = errorOf(failure);
    return refuse(400, failure, `(#${failure}) ${title}`, error_data.details);
  }
  const sent: SentMessage = { id: newMessageId(), to, type, body };
  keep(state.sent, sent);
  for (const hook of statusesOf(state, sent, failure)) tell(hook);
  return answerOf({
    messaging_product: "whatsapp",
    contacts: [{ input: to, ...(isUserId(to) ? { user_id: to } : { wa_id: to }) }],
    messages: [{ id: sent.id, ...(type === "template" && { message_status: "accepted" }) }],
  });
}

function answerRead(state: State, body: Body): Answer {
  const id = String(body["message_id"] ?? "");
  if (!state.received.has(id)) return missing(id);
  keep(state.read, { id, isTyping: objectIn(body, "typing_indicator")["type"] === "text" });
  return answerOf({ success: true });
}

/** Why it is no message at all. */
function problemOf(state: State, type: string, body: Body): Answer | undefined {
  const node = objectIn(body, type);
  const tooLong = (path: string, limit: number) => refuse(400, 100, `(#100) Param ${path} must be at most ${limit} characters long.`);
  const callbackData = body["biz_opaque_callback_data"];
  if (callbackData !== undefined && String(callbackData).length > callbackDataLimit)
    return tooLong("biz_opaque_callback_data", callbackDataLimit);
  if (type === "text") {
    const text = String(node["body"] ?? "");
    if (text === "") return refuse(400, 100, "(#100) The parameter text['body'] is required.");
    if (text.length > textLimit) return tooLong("text['body']", textLimit);
  }
  if (mediaTypes.includes(type)) {
    if (node["id"] === undefined && node["link"] === undefined)
      return refuse(400, 131009, "(#131009) Parameter value is not valid", "either id or link is required");
    if (String(node["caption"] ?? "").length > captionLimit) return tooLong(`${type}['caption']`, captionLimit);
  }
  if (type === "reaction" && typeof node["message_id"] !== "string")
    return refuse(400, 100, "(#100) The parameter reaction['message_id'] is required.");
  return type === "template" ? templateProblem(state, node) : undefined;
}

function templateProblem(state: State, node: Body): Answer | undefined {
  const [name, language] = [String(node["name"] ?? ""), String(objectIn(node, "language")["code"] ?? "")];
  const template = state.templates.find((one) => one.name === name && one.language === language && one.status === "APPROVED");
  if (!template)
    return refuse(
      404,
      132001,
      "(#132001) Template name does not exist in the translation",
      `template name (${name.slice(0, 100)}) does not exist in ${language.slice(0, 20)}`,
    );
  const wanted = variablesIn(String(template.components.find((one) => one["type"] === "BODY")?.["text"] ?? "")).length;
  const components = Array.isArray(node["components"]) ? (node["components"] as readonly Body[]) : [];
  const given = components.find((one) => one["type"] === "body")?.["parameters"];
  const count = Array.isArray(given) ? given.length : 0;
  return count === wanted
    ? undefined
    : refuse(
        400,
        132000,
        "(#132000) Number of parameters does not match the expected number of params",
        `body: number of localizable_params (${count}) does not match the expected number of params (${wanted})`,
      );
}

/** Why it will not arrive, although it is a message. */
function failureOf(state: State, to: string, type: string, body: Body): Failure | undefined {
  if (state.strangers.has(to)) return 131026;
  const lastSaid = state.people.get(to)?.lastSaid;
  if (type !== "template" && (lastSaid === undefined || nowSeconds(state) - lastSaid > windowSeconds)) return 131047;
  const id = mediaTypes.includes(type) ? objectIn(body, type)["id"] : undefined;
  return id !== undefined && !mediaOf(state, String(id)) ? 131053 : undefined;
}

function statusesOf(state: State, sent: SentMessage, failure: Failure | undefined): object[] {
  const ladder: readonly StatusState[] = failure === undefined ? state.switches.ladder : ["failed"];
  const hooks = ladder.map((status) => statusHook(state, sent, status, failure));
  return state.switches.shuffledStatuses ? hooks.reverse() : hooks;
}
