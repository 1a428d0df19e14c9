import type { Directory } from "../src/index.ts";
import { crmContract } from "./crm-contract.ts";
import { memoryCrm, plainPipeline } from "./memory-crm.ts";

const directory: Directory = {
  users: [{ id: "7", name: "Maria", active: true }],
  pipelines: [
    plainPipeline,
    {
      id: "2",
      name: "Service",
      isDefault: false,
      stages: [
        { id: "20", name: "Asked", kind: "open" },
        { id: "21", name: "In work", kind: "open" },
        { id: "22", name: "Done", kind: "won" },
        { id: "23", name: "Refused", kind: "lost" },
      ],
    },
  ],
  fields: {
    contact: [],
    company: [],
    deal: [
      { id: "1", code: "area", name: "Area", type: "number" },
      { id: "2", code: "size", name: "Size", type: "select", options: ["S", "L"] },
    ],
  },
  taskTypes: [{ id: "1", name: "Call" }],
  sources: [{ id: "1", name: "Site" }],
};

crmContract("the CRM in memory", async () => {
  const crm = memoryCrm({ directory });
  const get = <T extends { readonly id: string }>(list: readonly T[], id: string): T => {
    const found = list.find((each) => each.id === id);
    if (!found) throw new Error(`there is no ${id}`);
    return found;
  };
  const given = <T extends object>(members: T) =>
    Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };
  return {
    crm,
    directory: async () => directory,
    read: {
      async contact(id) {
        const { name, surname, phones, emails, position, website, company, responsible, tags } = get(crm.contacts, id);
        const known = { phones: phones.map(({ e164, typed }) => e164 ?? typed), emails: emails.map((email) => email.toLowerCase()) };
        return { name, surname, tags, ...known, ...given({ position, website, company, responsible }) };
      },
      async deal(id) {
        const { name, sum, pipeline, stage, contact, company, responsible, source, fields, tags } = get(crm.deals, id);
        return {
          name,
          pipeline,
          stage,
          fields,
          tags,
          contacts: contact === undefined ? [] : [contact],
          ...given({ sum, company, responsible, source }),
        };
      },
      async entriesOn(target) {
        return crm.entries
          .filter(({ on }) => JSON.stringify(on) === JSON.stringify(target))
          .map((entry) => {
            if (entry.kind === "note") return { kind: entry.kind, text: entry.text };
            const { kind, title, text = "", due, type, responsible } = entry;
            return { kind, title, text, ...given({ due: due && new Date(due).toISOString(), type, responsible }) };
          });
      },
    },
    close: async () => {},
  };
});
