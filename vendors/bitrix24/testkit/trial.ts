import { type EntryTarget, readEmail, readPhone } from "@svyazka/core";
import type { CrmOnTrial, KeptEntry } from "@svyazka/core/testkit";
import { placeOf } from "../src/adapter/entries.ts";
import { dealPlace } from "../src/adapter/ground.ts";
import { channelsOf } from "../src/adapter/people.ts";
import { leadsPipeline, stageIdOf } from "../src/adapter/setup.ts";
import { listUserFields, type Portal } from "../src/client.ts";
import { listOf, mapOf, objectTypes, shortCodes, textIn } from "../src/protocol.ts";
import type { Bitrix24Standin } from "../src/standin.ts";

/** What the suite of CRMs needs of a portal, and how it looks at what is there: through the client, as anybody would. */

export const tagsField = "UF_CRM_TAGS";

export function prepare(standin: Bitrix24Standin): void {
  for (const of of ["CONTACT", "DEAL", "LEAD"] as const)
    standin.addUserField(of, { FIELD_NAME: tagsField, USER_TYPE_ID: "string", MULTIPLE: true, LABEL: "Теги" });
  for (const of of ["DEAL", "LEAD"] as const) {
    standin.addUserField(of, { FIELD_NAME: "UF_CRM_AREA", USER_TYPE_ID: "double", LABEL: "Площадь" });
    standin.addUserField(of, { FIELD_NAME: "UF_CRM_SIZE", USER_TYPE_ID: "enumeration", LIST: ["Малый", "Большой"], LABEL: "Размер" });
  }
}

export function readerOf(portal: Portal): CrmOnTrial["read"] {
  const named = (members: Record<string, string | undefined>) =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== ""));
  const id = (number: unknown): string | undefined => (Number(number) > 0 ? String(number) : undefined);
  return {
    async contact(number) {
      const contact = await portal.contacts.get(Number(number));
      return {
        ...{ name: contact.name ?? "", surname: contact.lastName ?? "", tags: listOf(contact[tagsField]).map(String) },
        phones: channelsOf(contact, "PHONE").map(({ value }) => readPhone(value, "RU")?.e164 ?? value),
        emails: channelsOf(contact, "EMAIL").map(({ value }) => readEmail(value) ?? value),
        ...named({ position: contact.post ?? "", website: channelsOf(contact, "WEB")[0]?.value, company: id(contact.companyId) }),
        ...named({ responsible: id(contact.assignedById) }),
      };
    },
    async deal(text) {
      const { of, id: number } = dealPlace(text);
      const deal = await (of === "lead" ? portal.leads : portal.deals).get(number);
      const fields = (await listUserFields(portal.transport, of)).filter(({ code }) => code !== tagsField);
      return {
        ...{
          name: deal.title ?? "",
          pipeline: of === "lead" ? leadsPipeline : String(deal.categoryId ?? 0),
          stage: stageIdOf({ of, stageId: deal.stageId ?? "" }),
        },
        sum: { minor: Math.round(Number(deal.opportunity ?? 0) * 100), currency: deal.currencyId ?? "RUB" },
        contacts: listOf(deal.contactIds).map(String),
        ...named({ company: id(deal.companyId), responsible: id(deal.assignedById), source: deal.sourceId ?? "" }),
        tags: listOf(deal[tagsField]).map(String),
        fields: Object.fromEntries(
          fields.flatMap(({ code, options }) => {
            const value = deal[code];
            if (value === null || value === undefined || value === "" || value === false) return [];
            return [[code.toLowerCase(), options.find((option) => option.id === String(value))?.name ?? String(value)]];
          }),
        ),
      };
    },
    entriesOn: (target) => entriesOn(portal, target),
  };
}

async function entriesOn(portal: Portal, target: EntryTarget | undefined): Promise<readonly KeptEntry[]> {
  const tasks = await tasksOn(portal, target);
  if (!target) return tasks;
  const { of, id } = placeOf(target);
  const comments = (await portal.feed.comments.latest(of, id)).map(({ text }): KeptEntry => ({ kind: "note", text })).reverse();
  const { result } = await portal.ask("crm.activity.list", {
    filter: { OWNER_TYPE_ID: objectTypes[of], OWNER_ID: id, PROVIDER_ID: "CRM_TODO" },
    order: { ID: "ASC" },
    select: ["ID", "SUBJECT", "DESCRIPTION", "DEADLINE", "RESPONSIBLE_ID"],
  });
  const todos = listOf(result)
    .map(mapOf)
    .map(
      (row): KeptEntry => ({
        ...{ kind: "task", type: "todo", title: textIn(row, "SUBJECT") ?? "", text: textIn(row, "DESCRIPTION") ?? "" },
        ...{ due: new Date(textIn(row, "DEADLINE") ?? "").toISOString(), responsible: textIn(row, "RESPONSIBLE_ID") ?? "" },
      }),
    );
  return [...comments, ...todos, ...tasks];
}

async function tasksOn(portal: Portal, target: EntryTarget | undefined): Promise<KeptEntry[]> {
  const { result } = await portal.ask("tasks.task.list", {
    select: ["ID", "TITLE", "DESCRIPTION", "DEADLINE", "RESPONSIBLE_ID", "UF_CRM_TASK"],
  });
  const place = target && placeOf(target);
  const wanted = place && `${shortCodes[place.of]}_${place.id}`;
  return listOf(mapOf(result)["tasks"])
    .map(mapOf)
    .filter((row) => {
      const bound = listOf(row["ufCrmTask"]).map(String);
      return wanted === undefined ? bound.length === 0 : bound.includes(wanted);
    })
    .map(
      (row): KeptEntry => ({
        ...{ kind: "task", title: textIn(row, "title") ?? "", text: textIn(row, "description") ?? "", type: target ? "task" : "todo" },
        ...{ due: new Date(textIn(row, "deadline") ?? "").toISOString(), responsible: textIn(row, "responsibleId") ?? "" },
      }),
    );
}
