import { Conflict, type Event, type Flow, type FlowContext, type Outcome, type RecordId } from "@svyazka/core";
import { callKey, tellingNumber } from "./call.ts";
import { ifActive, nextInTurn } from "./responsible.ts";
import { wordsIn } from "./text.ts";

/** A stranger who called becomes a contact, or a contact with a deal, as the line's owner chose. Whoever spoke with them is responsible. */
export const makeLeadFromUnknownCaller: Flow<"call.finished", "crm"> = {
  name: "make-lead-from-unknown-caller",
  title: { ru: "Заявка от незнакомого номера", en: "A lead from an unknown caller" },
  about: {
    ru: "Заводит контакт и сделку, когда звонят с номера, которого никто не знает.",
    en: "Makes a contact and a deal when a number calls that nobody knows.",
  },
  on: ["call.finished"],
  needs: "crm",
  async run(event, at): Promise<Outcome> {
    const { direction, client, handling } = event.data;
    const { done, leadFrom } = wordsIn(at.workspace.language);
    const e164 = tellingNumber(client);
    if (handling.unknownCaller === "nothing" || direction !== "in" || e164 === undefined) return { done: done.callerLeft };
    const contact = await makeContact(event, at);
    if (!contact) return { done: done.callerKnown };
    if (handling.unknownCaller === "contact") return { done: done.contactNew, records: { contact: contact.id } };
    const { pipeline, stage } = handling;
    const deal = await at.port.saveDeal({
      key: `${callKey(event)}:deal`,
      name: leadFrom(e164),
      contact: contact.id,
      ...(pipeline !== undefined && { pipeline }),
      ...(stage !== undefined && { stage }),
      ...(contact.responsible !== undefined && { responsible: contact.responsible }),
    });
    return { done: done.leadNew, records: { contact: contact.id, deal: deal.id } };
  },
};

/**
 * Nobody when the number is somebody's already: it was when it rang, or a person here has just written it down. The key is the call's own,
 * so that what this very call made at an earlier attempt, or when it was told of in another way, is not taken for somebody who was known.
 */
async function makeContact(
  event: Event<"call.finished">,
  at: FlowContext<"crm">,
): Promise<{ readonly id: RecordId; readonly responsible?: RecordId } | undefined> {
  const key = callKey(event);
  const { client, employee, handling } = event.data;
  if ((await at.port.findCall(key))?.contact !== undefined) return undefined;
  const responsible = ifActive(employee?.user, at) ?? (await nextInTurn(handling.responsible, at));
  const owner = responsible === undefined ? {} : { responsible };
  try {
    const { id } = await at.port.saveContact({ key: `${key}:contact`, phones: [client], emails: [], ...owner });
    return { id, ...owner };
  } catch (error) {
    if (error instanceof Conflict) return undefined;
    throw error;
  }
}
