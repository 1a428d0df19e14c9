import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Contact, type HookEvent, hookPairs, lost, type Pipeline, readHook, readHookPairs, won, writeHook } from "./index.ts";
import { type AmoStandIn, startAmo } from "./standin.ts";

/** The document that started it, word for word. */
const fixture = <T>(name: string): T => JSON.parse(readFileSync(new URL(`../fixtures/seed/${name}.json`, import.meta.url), "utf8")) as T;

interface OldPipelines {
  _embedded: {
    items: Record<
      string,
      {
        id: number;
        name: string;
        sort: number;
        is_main: boolean;
        statuses: Record<string, { id: number; name: string; color: string; sort: number; is_editable: boolean }>;
      }
    >;
  };
}
interface OldContacts {
  _embedded: {
    items: {
      custom_fields: { id: number; name: string; code?: string; values: { value: string; enum?: number }[]; is_system: boolean }[];
    }[];
  };
}

let amo: AmoStandIn;
beforeAll(async () => {
  amo = await startAmo();
});
afterAll(() => amo.stop());

const get = async (path: string): Promise<unknown> => {
  const answer = await fetch(`${amo.url}${path}`, { headers: { authorization: `Bearer ${amo.longLivedToken()}` } });
  return answer.json();
};

describe("the seed's webhook", () => {
  const pairs = fixture<Record<string, string>>("webhook");

  it("is read as one change of a status", () => {
    const { account, facts } = readHookPairs(pairs);
    expect(account).toEqual({ id: 11111111, subdomain: "elbrusbootcamp" });
    expect(facts.map(({ of, action, id }) => ({ of, action, id }))).toEqual([{ of: "leads", action: "status", id: "11111111" }]);
    expect(facts[0]?.item).toMatchObject({ status_id: "11111111", old_status_id: "11111111", price: "0", name: "test" });
  });

  it("is written with the same names in the same order", () => {
    const n = 11111111;
    const event: HookEvent = {
      of: "leads",
      action: "status",
      before: { status_id: n },
      item: {
        ...{
          id: n,
          name: "test",
          status_id: n,
          price: 0,
          responsible_user_id: n,
          updated_at: n,
          updated_by: n,
          created_by: n,
          created_at: n,
        },
        ...{ pipeline_id: n, account_id: n, custom_fields_values: null, group_id: 0, closest_task_at: null, is_deleted: false },
        ...{
          loss_reason_id: null,
          source_id: null,
          closed_at: null,
          score: null,
          labor_cost: null,
          _embedded: { tags: [], companies: [] },
        },
      },
    };
    const account = { id: n, subdomain: "elbrusbootcamp", self: "https://elbrusbootcamp.amocrm.ru" };
    expect(Object.entries(hookPairs(event, account))).toEqual(Object.entries(pairs));
    expect(readHook(writeHook(event, account))).toEqual(readHookPairs(pairs));
  });
});

describe("the seed's pipeline", () => {
  it("is answered by API v2 as it stands there", async () => {
    const sample = fixture<OldPipelines>("pipelines");
    amo.state.pipelines = Object.values(sample._embedded.items).map(
      ({ statuses, ...pipeline }): Pipeline => ({
        ...{ id: pipeline.id, name: pipeline.name, sort: pipeline.sort, is_main: pipeline.is_main },
        ...{ is_unsorted_on: true, is_archive: false, account_id: amo.state.info.id },
        _embedded: {
          statuses: Object.values(statuses).map((status) => ({
            ...status,
            pipeline_id: pipeline.id,
            type: 0,
            account_id: amo.state.info.id,
          })),
        },
      }),
    );
    expect(await get("/api/v2/pipelines?id=1309792")).toEqual(sample);
    const [{ _embedded: { statuses } = { statuses: [] } } = {} as Pipeline] = amo.state.pipelines;
    expect(statuses.filter(({ id }) => id === won || id === lost)).toHaveLength(2);
  });
});

describe("the seed's contact", () => {
  it("is answered by API v2 as it stands there", async () => {
    const sample = fixture<OldContacts>("contacts");
    const fields = sample._embedded.items[0]?.custom_fields ?? [];
    amo.state.fields.contacts = fields.map(({ id, name, code, is_system, values }) => ({
      ...{
        id,
        name,
        code: code ?? null,
        is_predefined: is_system,
        account_id: amo.state.info.id,
        sort: 1,
        is_api_only: false,
        group_id: null,
      },
      ...{ type: values[0]?.enum === undefined ? "text" : "multitext", is_deletable: !is_system, entity_type: "contacts", remind: null },
      ...{ required_statuses: [], enums: values[0]?.enum === undefined ? null : [{ id: values[0].enum, value: "WORK", sort: 1 }] },
    }));
    const stamps = {
      responsible_user_id: 2772376,
      created_by: 2772376,
      updated_by: 2772376,
      created_at: 1574453110,
      updated_at: 1574542269,
    };
    const common = { ...stamps, group_id: 0, closest_task_at: null, is_deleted: false, account_id: 21234439 };
    amo.state.companies.set(46925333, {
      ...{ id: 46925333, name: "Тестовая комания", ...common, custom_fields_values: null, _embedded: { tags: [] } },
    });
    amo.state.leads.set(26331366, {
      ...{ id: 26331366, name: "", ...common, custom_fields_values: null, price: 0, status_id: 142, pipeline_id: 1309792 },
      ...{ loss_reason_id: null, source_id: null, closed_at: null, score: null, labor_cost: null, _embedded: { tags: [], companies: [] } },
    });
    const contact: Contact = {
      ...{ id: 46925315, name: "Тест Тестов Тестович", first_name: "", last_name: "", ...common, _embedded: { tags: [], companies: [] } },
      custom_fields_values: fields.map(({ id, name, code, values }) => ({
        ...{ field_id: id, field_name: name, field_code: code ?? null, field_type: values[0]?.enum === undefined ? "text" : "multitext" },
        values: values.map(({ value, enum: option }) => ({ value, ...(option !== undefined && { enum_id: option, enum_code: "WORK" }) })),
      })),
    };
    amo.state.contacts.set(contact.id, contact);
    const link = (entity_type: string, entity_id: number, to_entity_type: string, to_entity_id: number) => ({
      ...{ entity_type, entity_id, to_entity_type, to_entity_id, metadata: null },
    });
    amo.state.links.push(link("leads", 26331366, "contacts", 46925315), link("contacts", 46925315, "companies", 46925333));
    expect(await get("/api/v2/contacts?id=46925315&entity=contacts")).toEqual(sample);
  });
});
