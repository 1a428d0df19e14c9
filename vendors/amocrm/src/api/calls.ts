import { type EntityType, elementTypes, type FieldProblem, fieldProblem, singular } from "../protocol.ts";
import { readItems, readOne, writeItems } from "./batch.ts";
import { type At, type Handler, type Route, refuse, route } from "./http.ts";
import { given, selfOf } from "./query.ts";
import { anything, choice, either, int, list, moment, object, type ReadBy, required, text } from "./shape.ts";

/** Calls whose owner is found by the number, and the card of a ringing phone. Sources: crm_platform/calls-api, telephony/call_event */

export const callRoutes: readonly Route[] = [route("POST", "/api/v4/calls", createCalls), route("POST", "/api/v2/events", showCards)];

const shape = object({
  direction: required(choice(["inbound", "outbound"])),
  duration: required(int(0, 10_000_000)),
  source: required(text(255)),
  phone: required(text(255, 1)),
  uniq: text(255),
  link: text(2048),
  call_responsible: either(int(0), text(255)),
  call_result: text(65_535),
  call_status: choice([1, 2, 3, 4, 5, 6, 7]),
  responsible_user_id: int(0),
  created_by: int(0),
  updated_by: int(0),
  created_at: moment,
  updated_at: moment,
  request_id: anything,
});
type Call = ReadBy<typeof shape>;
interface Placed {
  readonly call: Call;
  readonly entity_type: EntityType;
  readonly entity_id: number;
}

async function createCalls(at: At): ReturnType<Handler> {
  const items = await readItems(at.json(), (item, problems) => shape(item, "", problems));
  const lost: object[] = [];
  const placed: { requestId: string; draft: Placed }[] = [];
  for (const { requestId, draft: call } of items) {
    const owner = await at.account.whoseIsPhone(call.phone);
    if (owner) placed.push({ requestId, draft: { call, ...owner } });
    else lost.push({ title: "Entity not found", status: 404, detail: "Entity not found", request_id: requestId });
  }
  const made = await writeItems(at.account, placed, (pen, { call, entity_type, entity_id }) => {
    const { direction, responsible_user_id, created_by, updated_by, created_at, updated_at, request_id: _, ...params } = call;
    return pen.createNote({
      ...{ entity_type, entity_id, params, note_type: direction === "inbound" ? "call_in" : "call_out" },
      ...given({ responsible_user_id, created_by, updated_by, created_at, updated_at }),
    });
  });
  return {
    status: made.length === 0 ? 400 : 200,
    body: {
      _total_items: made.length,
      errors: lost,
      _embedded: {
        calls: made.map(({ result: id, requestId, draft: { entity_id, entity_type } }) => ({
          ...{ id, entity_id, entity_type: singular[entity_type], account_id: at.account.id, request_id: requestId },
          _embedded: {
            entity: { id: entity_id, _links: { self: { href: `${at.request.origin}/api/v4/${entity_type}/${entity_id}` } } },
          },
        })),
      },
    },
  };
}

const popups = object({
  add: required(
    list(
      object({
        type: required(choice(["phone_call"])),
        phone_number: required(either(text(64, 1), int())),
        users: list(either(int(1), text(20))),
      }),
      50,
      1,
    ),
  ),
});

async function showCards(at: At): ReturnType<Handler> {
  const { add } = await readOne(at.json(), (sent, problems) => popups(sent, "", problems));
  const problems: FieldProblem[] = [];
  const known = new Set((await at.account.users()).map(({ id }) => id));
  add.forEach(({ users = [] }, index) => {
    for (const [place, user] of users.entries())
      if (!known.has(Number(user))) problems.push(fieldProblem("NotSupportedChoice", `add.${index}.users.${place}`));
  });
  refuse(problems);
  const items = await at.account.write(async (pen) => {
    const shown: object[] = [];
    for (const [index, { phone_number, users = [...known] }] of add.entries()) {
      const phone = String(phone_number);
      const owner = await at.account.whoseIsPhone(phone);
      await pen.showCall(phone, users.map(Number));
      shown.push({
        element_id: owner?.entity_id ?? 0,
        element_type: owner ? elementTypes[owner.entity_type] : 0,
        uid: `${at.now}${index}`,
        phone_number: phone,
      });
    }
    return shown;
  });
  return { body: { _links: selfOf(at), _embedded: { items } } };
}
