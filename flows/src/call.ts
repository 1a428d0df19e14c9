import type { CallFacts, ConnectionId, ContactHit, DealHit, FlowContext, Phone } from "@svyazka/core";

/** Names a call for every CRM: by its connection and its own id there, so that all that is told of it meets in one record. */
export const callKey = (event: { readonly connection: ConnectionId; readonly data: { readonly call: string } }): string =>
  `${event.connection}:${event.data.call}`;

/** What the tasks about missed calls of one person are found by. */
export const missedMark = (e164: string): string => `missed call ${e164}`;

/** A number that tells who is calling. Extensions, hidden numbers and companies' free lines do not. */
export const tellingNumber = ({ e164, tollFree }: Phone): string | undefined => (tollFree ? undefined : e164);

export interface CallPeople {
  readonly contact?: ContactHit;
  readonly deal?: DealHit;
}

/** The contact behind the number and its newest open deal. */
export async function findPeople({ client, direction }: CallFacts, at: FlowContext<"crm">): Promise<CallPeople> {
  const e164 = tellingNumber(client);
  if (e164 === undefined || direction === "internal") return {};
  const [contact] = await at.port.findContact({ phones: [e164], emails: [] });
  if (!contact) return {};
  const deal = await at.port.findDeal({ contact: contact.id, state: "open" });
  return { contact, ...(deal && { deal }) };
}
