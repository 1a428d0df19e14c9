import type { FieldValues, Link, Note } from "../../../vendors/amocrm/src/protocol.ts";
import type { AmoStandIn } from "../../../vendors/amocrm/src/standin.ts";
import type { Look, SeenMessage } from "./under-test.ts";

/** What is in an account. Of a lead, amoCRM keeps its contacts as ties; of a call, a note. */
export function lookAtAmo(amo: AmoStandIn): Look {
  const living = <T extends { readonly is_deleted: boolean }>(all: ReadonlyMap<number, T>): T[] =>
    [...all.values()].filter(({ is_deleted: isDeleted }) => !isDeleted);
  const notes = () => [...amo.state.notes.values()];
  return {
    async contacts() {
      return living(amo.state.contacts).map(({ id, name, custom_fields_values: values, responsible_user_id: user }) => ({
        ...{ id: String(id), name, phones: textsOf(values, "PHONE"), responsible: idOf(user) },
      }));
    },
    async companies() {
      return living(amo.state.companies).map(({ id, name, custom_fields_values: values, responsible_user_id: user }) => ({
        ...{ id: String(id), name, inn: textsOf(values, "INN")[0], responsible: idOf(user) },
      }));
    },
    async deals() {
      return living(amo.state.leads).map(
        ({ id, name, status_id: stage, price, custom_fields_values: values, responsible_user_id: user }) => ({
          ...{ id: String(id), name, stage: String(stage), contact: contactOf(amo.state.links, id), responsible: idOf(user) },
          ...{ sum: price, fields: JSON.stringify(values) },
        }),
      );
    },
    async notes(deal) {
      const texts = notes().filter((note) => note.on === "leads" && String(note.entity_id) === deal && !isCall(note));
      return texts.map(({ params }) => String(params?.["text"] ?? ""));
    },
    async tasks() {
      return [...amo.state.tasks.values()].map((task) => ({
        ...{ text: task.text, isDone: task.is_completed, responsible: idOf(task.responsible_user_id) },
        deal: task.entity_type === "leads" ? String(task.entity_id) : undefined,
      }));
    },
    async calls() {
      return notes().flatMap((note) => {
        const { phone, call_status: status, duration, link, call_responsible: user } = (note.params ?? {}) as CallNote;
        if (!isCall(note)) return [];
        return {
          ...{ direction: note.note_type === "call_out" ? ("out" as const) : ("in" as const), phone: phone ?? "" },
          ...{ isAnswered: status === 4, seconds: duration ?? 0, recording: link, user: idOf(user ?? 0) },
        };
      });
    },
    cards: async () => amo.state.cards.filter(({ users }) => users.includes(2_772_377)),
    async chats() {
      const { chats, messages } = amo.state.chats;
      return chats.map(({ uid, client, talk }) => ({
        ...{ id: uid, name: client.name, contact: idOf(talk.contact_id), deal: idOf(talk.entity_id ?? 0) },
        messages: messages
          .filter(({ chat }) => chat === uid)
          .map(({ message, receiver, delivery }) => ({
            ...{ direction: receiver ? ("out" as const) : ("in" as const), text: message.text ?? "" },
            state: delivery ? states[delivery.status] : "sent",
          })),
      }));
    },
  };
}

interface CallNote {
  readonly phone?: string;
  readonly call_status?: number;
  readonly duration?: number;
  readonly link?: string;
  readonly call_responsible?: number;
}

const states: Readonly<Record<1 | 2 | -1, SeenMessage["state"]>> = { 1: "delivered", 2: "read", "-1": "failed" };

const isCall = ({ note_type: type }: Note): boolean => type === "call_in" || type === "call_out";
const idOf = (id: number): string | undefined => (id > 0 ? String(id) : undefined);

function textsOf(values: readonly FieldValues[] | null, code: string): string[] {
  const held = (values ?? []).filter(({ field_code }) => field_code === code);
  return held.flatMap((field) => field.values.map(({ value }) => String(value)));
}

function contactOf(links: readonly Link[], lead: number): string | undefined {
  const tie = links.find(
    ({ entity_type, entity_id, to_entity_type }) => entity_type === "leads" && entity_id === lead && to_entity_type === "contacts",
  );
  return tie && String(tie.to_entity_id);
}
