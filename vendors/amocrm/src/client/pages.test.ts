import { afterEach, describe, expect, it } from "vitest";
import { noLimit, scripted, startPair } from "../../testkit/amo.ts";
import { listed, makeAmo, memoryTokens } from "../client.ts";
import type { AmoStandIn } from "../standin.ts";

const started: AmoStandIn[] = [];
afterEach(async () => {
  for (const standin of started.splice(0)) await standin.stop();
});
async function startWithLeads(count: number) {
  const pair = await startPair();
  started.push(pair.standin);
  const outcomes = await pair.amo.leads.createMany(Array.from({ length: count }, (_, place) => ({ name: `lead ${place}`, price: place })));
  const ids = outcomes.flatMap((outcome) => (outcome.isDone ? [outcome.value.id] : []));
  pair.standin.requests.length = 0;
  return { ...pair, ids };
}
const over = (answers: Parameters<typeof scripted>[0]) => {
  const { send, asked } = scripted(answers);
  const tokens = memoryTokens({ accessToken: "t", expiresAt: Number.MAX_SAFE_INTEGER });
  return { asked, amo: makeAmo({ domain: "sub.amocrm.ru", tokens, send, limiter: noLimit, sleep: async () => {} }) };
};

describe("a list", () => {
  it("is read to its end by id, page after page", async () => {
    const { amo, ids, standin } = await startWithLeads(530);
    expect((await listed(amo.leads.all())).map(({ id }) => id)).toEqual(ids);
    expect(standin.requests).toHaveLength(3);
  });

  it("asks for the next page when the last has been taken, and for none when one stops", async () => {
    const { amo, standin } = await startWithLeads(300);
    let seen = 0;
    for await (const lead of amo.leads.all({ limit: 100 })) {
      expect(lead.id).toBeGreaterThan(0);
      expect(standin.requests).toHaveLength(Math.floor(seen / 100) + 1);
      if (++seen === 150) break;
    }
    expect(standin.requests).toHaveLength(2);
  });

  it("of nothing is empty, and so is a page past the end", async () => {
    const { amo } = await startWithLeads(1);
    expect(await amo.contacts.page()).toMatchObject({ items: [], hasMore: false });
    expect(await amo.leads.page({}, 7)).toMatchObject({ items: [], hasMore: false });
    expect(await amo.leads.find(999_999)).toBeUndefined();
    await expect(amo.leads.get(999_999)).rejects.toMatchObject({ name: "AmoNotFound" });
  });

  it("ends where there is no link to a next page, however full the page is", async () => {
    const { amo, asked } = over((_, count) => ({
      body: { _links: count < 3 ? { next: { href: "https://elsewhere.example/" } } : {}, _embedded: { leads: [{ id: count }] } },
    }));
    expect((await listed(amo.leads.all())).map(({ id }) => id)).toEqual([1, 2, 3]);
    // The link tells that there is more, not where to: a token goes to its own account only.
    expect(asked.map(({ url }) => new URL(url).host)).toEqual(Array(3).fill("sub.amocrm.ru"));
  });

  it("is filtered by what one asks, in amoCRM's brackets", async () => {
    const { amo, ids } = await startWithLeads(10);
    const [first = 0, , third = 0] = ids;
    expect((await listed(amo.leads.all({ filter: { id: [first, third] } }))).map(({ id }) => id)).toEqual([first, third]);
    expect((await listed(amo.leads.all({ filter: { price: { from: 3, to: 4 } } }))).map(({ price }) => price)).toEqual([3, 4]);
    const { amo: written, asked } = over(() => ({ status: 204 }));
    await written.leads.page({
      filter: { statuses: [{ pipeline_id: 1, status_id: 142 }], id: [1, 2] },
      with: ["contacts", "source"],
      order: { updated_at: "desc" },
    });
    expect(Object.fromEntries(new URL(asked[0]?.url ?? "").searchParams)).toEqual({
      ...{ page: "1", limit: "250", "filter[statuses][0][pipeline_id]": "1", "filter[statuses][0][status_id]": "142" },
      ...{ "filter[id][0]": "1", "filter[id][1]": "2", with: "contacts,source", "order[updated_at]": "desc" },
    });
  });

  it("filtered by one of nothing is nothing, and no request: amoCRM would give everything", async () => {
    const { amo, standin } = await startWithLeads(3);
    expect(await listed(amo.leads.all({ filter: { id: [] } }))).toEqual([]);
    expect(standin.requests).toEqual([]);
  });

  it("of an account without the option of filters holds what was filtered by, and nothing else", async () => {
    const leads = [
      { id: 1, name: "a", price: 5, pipeline_id: 1, status_id: 142, custom_fields_values: null, updated_at: 10 },
      {
        id: 2,
        name: "b",
        price: 9,
        pipeline_id: 2,
        status_id: 142,
        updated_at: 20,
        custom_fields_values: [{ field_id: 7, values: [{ value: "Red", enum_id: 70 }] }],
      },
      {
        id: 3,
        name: "c",
        price: 7,
        pipeline_id: 2,
        status_id: 143,
        updated_at: 30,
        custom_fields_values: [{ field_id: 8, values: [{ value: true }] }],
      },
    ];
    const { amo } = over(() => ({ body: { _embedded: { leads } } }));
    for (const [filter, wanted] of [
      [{ id: 2 }, [2]],
      [{ id: [1, 3] }, [1, 3]],
      [{ price: { from: 6 } }, [2, 3]],
      [{ price: { to: 7 } }, [1, 3]],
      [{ updated_at: { from: 20, to: 29 } }, [2]],
      [{ statuses: [{ pipeline_id: 2, status_id: 142 }] }, [2]],
      [{ custom_fields_values: { 7: 70 } }, [2]],
      [{ custom_fields_values: { 7: ["red", "blue"] } }, [2]],
      [{ custom_fields_values: { 8: 1 } }, [3]],
      [{ responsible_user_id: 5 }, [1, 2, 3]],
    ] as const)
      expect(
        (await listed(amo.leads.all({ filter }))).map(({ id }) => id),
        JSON.stringify(filter),
      ).toEqual(wanted);
  });
});

describe("changes since a moment", () => {
  it("come oldest first, each state once, while others write", async () => {
    const { amo, standin, ids } = await startWithLeads(0);
    expect(ids).toEqual([]);
    const stamp = 1_700_000_000;
    await amo.leads.createMany(
      Array.from({ length: 600 }, (_, place) => ({ name: `${place}`, updated_at: stamp + Math.floor(place / 2) })),
    );
    const seen: number[] = [];
    let last = 0;
    for await (const lead of amo.leads.changes(stamp)) {
      expect(lead.updated_at).toBeGreaterThanOrEqual(last);
      last = lead.updated_at;
      seen.push(lead.id);
      // Somebody changes what has been read already: it goes to the end, and draws the others forward.
      if (seen.length === 100) for (const id of seen.slice(0, 50)) await amo.leads.update(id, { price: 1, updated_at: stamp + 1000 });
    }
    expect(new Set(seen).size).toBe(600);
    expect(seen).toHaveLength(650);
    expect(standin.state.leads.size).toBe(600);
  });

  it("of more than a page in one second are read by pages", async () => {
    const { amo } = await startWithLeads(0);
    await amo.leads.createMany(Array.from({ length: 520 }, (_, place) => ({ name: `${place}`, updated_at: 1_700_000_000 })));
    const found = await listed(amo.leads.changes(1_700_000_000));
    expect(new Set(found.map(({ id }) => id)).size).toBe(520);
    expect(found).toHaveLength(520);
    expect(await listed(amo.leads.changes(1_700_000_001))).toEqual([]);
  });

  it("are found without the option of filters, by going back from the newest", async () => {
    const all = Array.from({ length: 700 }, (_, place) => ({ id: place + 1, updated_at: 1000 + place }));
    const { amo, asked } = over(({ url }) => {
      const { pathname, searchParams } = new URL(url);
      if (pathname === "/api/v4/account") return { body: { id: 1, is_api_filter_enabled: false } };
      const sorted = searchParams.get("order[updated_at]") === "desc" ? [...all].reverse() : all;
      const page = Number(searchParams.get("page"));
      return { body: { _links: page < 3 ? { next: {} } : {}, _embedded: { leads: sorted.slice((page - 1) * 250, page * 250) } } };
    });
    const found = await listed(amo.leads.changes(1400));
    expect(found.map(({ updated_at }) => updated_at)).toEqual(Array.from({ length: 300 }, (_, place) => 1400 + place));
    expect(asked).toHaveLength(3);
  });
});
