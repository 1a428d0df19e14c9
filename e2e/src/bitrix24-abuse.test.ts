import { afterAll, beforeAll, expect, it } from "vitest";
import { type Bitrix24Standin, startBitrix24 } from "../../vendors/bitrix24/src/standin.ts";
import { addConnection, putOwnCrmAside } from "../testkit/crms/under-test.ts";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess } from "../testkit/hub.ts";
import { type Added, addCompany } from "../testkit/telephony.ts";

/** Whatever anybody sends to the addresses of a portal in place of an event or of a page: an answer soon, never an error of the server, and nobody is let in by it. */

const dataDir = makeDataDir();
let hub: HubProcess;
let standin: Bitrix24Standin;
let call: ReturnType<typeof api>;
let portal: Added;
beforeAll(async () => {
  standin = await startBitrix24();
  hub = await startHubProcess({ dataDir });
  const company = await addCompany(hub, "target");
  call = api(hub, company.token);
  await putOwnCrmAside(hub, company);
  const { app, url } = standin;
  portal = await addConnection(hub, company, "bitrix24", {
    ...{ domain: url, sign_in: "application", client_id: app.clientId, client_secret: app.clientSecret, auth_server: url },
    ...{ plan: "box", open_lines: "true" },
  });
}, 60_000);
afterAll(async () => {
  if (process.env["SHOW"]) console.log(hub.output());
  await hub.stop();
  await standin.stop();
  removeDataDir(dataDir);
});

const longestMs = 5_000;
const names = [
  ...["event", "ts", "data[FIELDS][ID]", "data[CONNECTOR]", "data[LINE]", "data[MESSAGES]", "data[MESSAGES][0][im][chat_id]"],
  ...["data[MESSAGES][0][message][text]", "data[MESSAGES][0][chat][id]", "data[CALL_ID]", "data[USER_ID]", "data[PHONE_NUMBER]"],
  ...[
    "data",
    "auth",
    "event[]",
    "data[][][]",
    "__proto__[x]",
    "auth[access_token]",
    "auth[refresh_token]",
    "AUTH_ID",
    "REFRESH_ID",
    "DOMAIN",
    "member_id",
  ],
];
const values = [
  ...["", "0", "-1", "1e999", "ONCRMDEALADD", "ONIMCONNECTORMESSAGEADD", "ONEXTERNALCALLSTART", "ONAPPINSTALL", "ONIMCONNECTORLINEDELETE"],
  ...[
    "ONIMCONNECTORSTATUSDELETE",
    "x".repeat(5_000),
    "[url=".repeat(2_000),
    "[b]".repeat(300),
    "\0",
    "\ud83c",
    "привет",
    "'\"<script>",
    "%",
    "null",
  ],
  ...["9".repeat(40), "evil.example", "127.0.0.1"],
];

/** The same row of numbers each time. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

it("1,500 forms of nonsense are answered, each soon, and let nobody in", async () => {
  const number = numbersFrom(8);
  const some = (list: readonly string[]): string => list[number(list.length)] ?? "";
  const addresses = [portal.urls["events"], portal.urls["events"], portal.urls["application"], portal.urls["redirect"]].map(String);
  const counts: Record<number, number> = {};
  for (let sent = 0; sent < 1_500; sent += 10)
    await Promise.all(
      Array.from({ length: 10 }, async () => {
        const body = new URLSearchParams(Array.from({ length: 1 + number(8) }, () => [some(names), some(values)]));
        const address = some(addresses);
        const isPage = address === portal.urls["redirect"];
        const started = performance.now();
        const answer = await (isPage ? fetch(`${address}?${body}`.slice(0, 8_000)) : fetch(address, { method: "POST", body }));
        await answer.text();
        counts[answer.status] = (counts[answer.status] ?? 0) + 1;
        expect([answer.status < 500, performance.now() - started < longestMs], `${address} ${body}`.slice(0, 500)).toEqual([true, true]);
      }),
    );
  expect(Object.values(counts).reduce((sum, count) => sum + count)).toBe(1_500);
  expect(
    Object.keys(counts)
      .map(Number)
      .every((status) => status === 200 || status === 400),
  ).toBe(true);
  expect(standin.tokensGiven()).toBe(0);
  expect((await call.get<{ abilities: string[] }>(`/connections/${portal.id}`)).abilities).toContain("chat_desk");
  // And the next one is heard as ever.
  expect((await fetch(String(portal.urls["events"]), { method: "POST", body: "event=ONCRMDEALADD&data[FIELDS][ID]=1&ts=1" })).status).toBe(
    200,
  );
}, 120_000);

it("what is too large, or comes to an address of nobody's, is told so", async () => {
  const events = String(portal.urls["events"]);
  const status = async (address: string, init?: RequestInit): Promise<number> => (await fetch(address, init)).status;
  expect([
    await status(events),
    await status(events, { method: "POST", body: "a".repeat(3_000_000) }),
    await status(events.replace(/\/in\/[^/]+/, "/in/nobody"), { method: "POST", body: "a=1" }),
    // The address of the page is known to everybody who opens it: no event comes that way.
    await status(String(portal.urls["application"]).replace("/app", "/events"), {
      method: "POST",
      body: "event=ONCRMDEALADD&data[FIELDS][ID]=1",
    }),
  ]).toEqual([405, 413, 401, 401]);
}, 30_000);
