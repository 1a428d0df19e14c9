import { type Talk, writeProblem } from "../protocol.ts";
import { readOne, readShaped, writeItems } from "./batch.ts";
import { type Answer, type At, type Handler, idAt, notFound, Refusal, type Route, route } from "./http.ts";
import { given, linked, orderOf, pageAnswer, pagingOf, Query, selfOf, wholeAnswer } from "./query.ts";
import { anything, flag, int, object, required, text } from "./shape.ts";

/** Conversations with clients, and whose they are. Source: crm_platform/talks-api, crm_platform/contacts-api */

export const talkRoutes: readonly Route[] = [
  route("GET", "/api/v4/talks", listTalks),
  route("GET", "/api/v4/talks/{id}", oneTalk),
  route("POST", "/api/v4/talks/{id}/close", closeTalk),
  route("GET", "/api/v4/contacts/chats", listContactChats),
  route("POST", "/api/v4/contacts/chats", bindChats),
];

const written = (at: At, talk: Talk) => {
  const embedded = (path: string, id: number | null) => (id === null || id === 0 ? [] : [linked(at, path, { id }, id)]);
  return {
    ...linked(at, "talks", talk, talk.talk_id),
    _embedded: { contacts: embedded("contacts", talk.contact_id), leads: embedded("leads", talk.entity_id), customers: [] },
  };
};

async function listTalks(at: At): ReturnType<Handler> {
  const query = new Query(at.query);
  const filter = query.below("filter");
  const read = {
    ...{ ...pagingOf(query), ...orderOf(query, ["id", "updated_at"]) },
    ...given({ ids: filter?.ids("id") ?? filter?.ids("talk_id"), contacts: filter?.ids("contact_id") }),
  };
  query.done();
  const found = await at.account.talks(read);
  return pageAnswer(
    at,
    "talks",
    read,
    found,
    found.items.map((talk) => written(at, talk)),
  );
}

async function findTalk(at: At): Promise<Talk> {
  const [talk] = (await at.account.talks({ page: 1, limit: 1, ids: [idAt(at)] })).items;
  if (!talk) throw notFound("Talk not found");
  return talk;
}

async function oneTalk(at: At): Promise<Answer> {
  return { body: written(at, await findTalk(at)) };
}

const closing = object({ force_close: flag }, true);

/** There is no bot here that asks how it was: a talk is closed at once, forced or not. */
async function closeTalk(at: At): ReturnType<Handler> {
  if (at.request.body.trim() !== "") await readOne(at.json(), (sent, problems) => closing(sent, "", problems));
  const talk = await findTalk(at);
  if (!talk.is_in_work) throw new Refusal(writeProblem(422, "The talk is closed already"));
  await at.account.write((pen) => pen.closeTalk(talk.talk_id));
  return { status: 202 };
}

/** Both are asked for by brackets, or by comma. */
async function listContactChats(at: At): ReturnType<Handler> {
  const query = new Query(at.query, "");
  const contacts = query.ids("contact_id");
  const chats = query.texts("chat_id");
  if (!contacts?.length && !chats?.length)
    query.wrong("contact_id", "FieldNotExpected", "Name the contacts or the chats: contact_id[]=…, chat_id[]=…");
  query.done();
  const found = await at.account.contactChats(given({ contacts, chats }));
  return wholeAnswer(at, "chats", found);
}

const binding = object({ contact_id: required(int(1)), chat_id: required(text(64, 1)), request_id: anything });

async function bindChats(at: At): ReturnType<Handler> {
  const items = await readShaped(at.json(), binding);
  const done = await writeItems(at.account, items, (pen, { chat_id, contact_id }) => pen.bindChat(chat_id, contact_id));
  const chats = done.map(({ result, requestId }) => ({ ...result, request_id: requestId }));
  return { body: { _total_items: chats.length, _links: selfOf(at), _embedded: { chats } } };
}
