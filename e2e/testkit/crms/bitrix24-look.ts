import type { Bitrix24Standin, Chat, Item } from "../../../vendors/bitrix24/src/standin.ts";
import type { Look } from "./under-test.ts";

/**
 * What is in a portal. Where there are leads they are its first deals, by ids with a prefix, as the hub names them. A call is one of its telephony, what is said
 * stands in chats of its open lines, and a task is a thing to do in the feed of a deal.
 */
export function lookAtBitrix24({ state }: Bitrix24Standin): Look {
  return {
    async contacts() {
      return [...state.contacts.values()].map((contact) => ({
        ...{ id: String(contact.id), phones: phonesOf(contact), responsible: textOf(contact["assignedById"]) },
        name: [contact["name"], contact["lastName"]].filter(Boolean).join(" "),
      }));
    },
    async companies() {
      const requisites = [...state.requisites.values()];
      return [...state.companies.values()].map(({ id, title, assignedById }) => ({
        ...{ id: String(id), name: String(title), responsible: textOf(assignedById) },
        inn: textOf(requisites.find((row) => Number(row["ENTITY_ID"]) === id && Number(row["ENTITY_TYPE_ID"]) === 4)?.["RQ_INN"]),
      }));
    },
    async deals() {
      const seen =
        (prefix: string, stages: string) =>
        ({ id, title, stageId, contactIds, assignedById, opportunity, ...rest }: Item) => ({
          ...{
            id: `${prefix}${id}`,
            name: String(title),
            stage: `${stages}${stageId}`,
            contact: textOf((contactIds as unknown[] | undefined)?.[0]),
          },
          ...{ responsible: textOf(assignedById), sum: Number(opportunity), fields: JSON.stringify(rest) },
        });
      return [...[...state.deals.values()].map(seen("", "")), ...[...state.leads.values()].map(seen("L_", "L:"))];
    },
    async notes(deal) {
      const comments = [...state.comments.values()].filter((row) => `${prefixes[String(row["ENTITY_TYPE"])]}${row["ENTITY_ID"]}` === deal);
      return comments.map((row) => String(row["COMMENT"]));
    },
    async tasks() {
      const things = [...state.activities.values()].filter((row) => row["PROVIDER_ID"] === "CRM_TODO");
      return things.map((row) => ({
        ...{ text: [row["SUBJECT"], row["DESCRIPTION"]].filter(Boolean).join("\n"), isDone: row["COMPLETED"] === "Y" },
        ...{
          deal: { 1: `L_${row["OWNER_ID"]}`, 2: String(row["OWNER_ID"]) }[Number(row["OWNER_TYPE_ID"])],
          responsible: textOf(row["RESPONSIBLE_ID"]),
        },
      }));
    },
    async calls() {
      const over = [...state.calls.values()].filter((row) => row["FINISHED"] === true);
      return over.map((row) => ({
        ...{ direction: row["TYPE"] === "1" ? ("out" as const) : ("in" as const), phone: String(row["PHONE_NUMBER"]) },
        ...{ isAnswered: row["STATUS_CODE"] === "200", seconds: Number(row["DURATION"]), user: textOf(row["USER_ID"]) },
        recording: soundOf(state, row["RECORD_FILE_ID"]),
      }));
    },
    async cards() {
      const shown = [...state.calls.values()].filter((row) => (row["SHOWN"] as number[]).includes(7));
      return shown.map((row) => ({ phone: String(row["PHONE_NUMBER"]) }));
    },
    async chats() {
      return [...state.chats.values()].map((chat) => ({
        ...{ id: String(chat.id), name: clientOf(chat), contact: chat.contactId > 0 ? String(chat.contactId) : undefined, deal: undefined },
        messages: chat.messages
          .filter(({ deleted: isDeleted }) => !isDeleted)
          .map(({ by, text, delivered }) => ({
            ...{
              direction: by === undefined ? ("in" as const) : ("out" as const),
              text,
              state: delivered ? ("delivered" as const) : ("sent" as const),
            },
          })),
      }));
    },
  };
}

/** Of what counts as a deal of a portal. */
const prefixes: Readonly<Record<string, string>> = { deal: "", lead: "L_" };

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null || value === "" || value === 0 ? undefined : String(value);

const phonesOf = (item: Item): string[] =>
  ((item["fm"] ?? []) as { readonly typeId: string; readonly value: string }[])
    .filter(({ typeId }) => typeId === "PHONE")
    .map(({ value }) => value);

/** The portal has downloaded it: recordings of the stories hold their own address. */
function soundOf({ files }: Bitrix24Standin["state"], id: unknown): string | undefined {
  const file = files.get(Number(id));
  return file && Buffer.from(file.bytes).toString();
}

/** A chat is called after the client and the line. */
const clientOf = ({ name }: Chat): string => name.slice(0, name.lastIndexOf(" - "));
