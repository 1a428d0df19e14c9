import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Bitrix24Standin, type Fault, startBitrix24 } from "../../vendors/bitrix24/src/standin.ts";
import { addConnection, putOwnCrmAside } from "../testkit/crms/under-test.ts";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { type Added, addCompany, type Company } from "../testkit/telephony.ts";

/** What a portal says when it will not have us: in words that tell what to mend, tried again or left to a person as fits, and nothing lost. */

const dataDir = makeDataDir();
let hub: HubProcess;
let standin: Bitrix24Standin;
let company: Company;
let call: ReturnType<typeof api>;
let portal: Added;
let form: Added;
let sent = 0;

beforeAll(async () => {
  standin = await startBitrix24();
  hub = await startHubProcess({ dataDir });
  company = await addCompany(hub, "romashka");
  call = api(hub, company.token);
  await putOwnCrmAside(hub, company);
  portal = await addConnection(hub, company, "bitrix24", { domain: standin.url, webhook: standin.webhook, plan: "box" });
  form = await addConnection(hub, company, "fivecrm", { spam_check: "false" });
  await submit();
  await until(async () => standin.state.contacts.size === 1);
}, 60_000);
afterAll(async () => {
  if (process.env["SHOW"]) console.log(hub.output());
  await hub.stop();
  await standin.stop();
  removeDataDir(dataDir);
});

interface Delivery {
  readonly id: string;
  readonly state: string;
  readonly detail: string | null;
  readonly journal: string;
}

async function submit(): Promise<string> {
  const phone = `+7913${String(1_000_000 + sent++)}`;
  const answer = await fetch(`${hub.url}/ctm/form/send`, {
    method: "POST",
    body: new URLSearchParams({ public_token: form.secrets["public_token"] ?? "", name: "Анна", phone }),
  });
  expect(answer.status).toBe(200);
  return phone;
}
const newest = async (): Promise<Delivery | undefined> =>
  (await call.get<{ items: Delivery[] }>(`/deliveries?target=${portal.id}&limit=1`)).items[0];
const parkedBecause = async () => (await call.get<{ parked_because: string | null }>(`/connections/${portal.id}`)).parked_because;
const there = (phone: string): number => [...standin.state.contacts.values()].filter((one) => JSON.stringify(one).includes(phone)).length;
const dealsThere = (phone: string): number => {
  const contact = [...standin.state.contacts.values()].find((one) => JSON.stringify(one).includes(phone));
  return [...standin.state.deals.values()].filter((deal) => deal["contactId"] === contact?.id).length;
};

/** Told in words, and done once after it was mended. `misread`: what is to be done was read from the request, which has to be received again. */
async function tellsAndGoesOn(
  words: RegExp,
  state: "waiting" | "failed" | "parked" | "misread",
  mend: () => Promise<void> | void,
): Promise<void> {
  const phone = await submit();
  const delivery = await until(async () => {
    const found = await newest();
    return found?.state === (state === "misread" ? "failed" : state) && found.detail !== null && found;
  });
  expect(delivery.detail).toMatch(words);
  expect(`${delivery.detail}`).not.toContain(standin.webhook.split("/").at(-2));
  if (state === "parked") expect(await parkedBecause()).toMatch(words);
  await mend();
  if (state === "parked") await call.send("POST", `/connections/${portal.id}/check`);
  else if (state === "misread") await call.send("POST", `/journal/${delivery.journal}/replay`);
  else await call.send("POST", "/deliveries/bulk", { action: "retry", ids: [delivery.id] });
  await until(async () => (await newest())?.state === "done");
  expect([there(phone), dealsThere(phone)]).toEqual([1, 1]);
}

describe("a portal that answers with trouble", () => {
  it.each<[Fault["kind"], "waiting" | "parked", RegExp]>([
    ["query_limit", "waiting", /QUERY_LIMIT_EXCEEDED/],
    ["overload", "waiting", /OVERLOAD_LIMIT/],
    ["access_denied", "waiting", /the portal is closed to us: .*ACCESS_DENIED/],
    ["portal_deleted", "waiting", /the portal is closed to us: .*PORTAL_DELETED/],
    ["internal", "waiting", /INTERNAL_SERVER_ERROR/],
    ["html", "waiting", /a page of HTML in place of JSON/],
    ["redirect_login", "waiting", /the portal is elsewhere: .*, and no portal is there/],
    ["no_auth_found", "parked", /NO_AUTH_FOUND/],
  ])(
    "%s: %s, in words, and everything is done once it is over",
    async (kind, state, words) => {
      standin.faults.add({ kind, times: Number.POSITIVE_INFINITY });
      await tellsAndGoesOn(words, state, () => standin.faults.clear());
    },
    30_000,
  );

  it("whose method has had its time waits for that method, and asks it nothing meanwhile", async () => {
    standin.faults.add({ kind: "operation_time_limit", method: "crm.item.add", ms: 2_500 });
    await tellsAndGoesOn(/OPERATION_TIME_LIMIT|operating time is used up/, "waiting", async () => {
      const asked = standin.count("crm.item.add");
      const { id = "" } = (await newest()) ?? {};
      await call.send("POST", "/deliveries/bulk", { action: "retry", ids: [id] });
      await until(async () => /operating time is used up/.test((await newest())?.detail ?? ""));
      expect(standin.count("crm.item.add")).toBe(asked);
      await new Promise((resolve) => setTimeout(resolve, 2_600));
    });
  }, 30_000);

  it("that lacks a permission says which one, and goes on when it was given", async () => {
    standin.setScopes(["user"]);
    await tellsAndGoesOn(/insufficient_scope.*Give the webhook or the application this permission/, "failed", () =>
      standin.setScopes(undefined),
    );
  }, 30_000);

  it("that says no with an empty code is told with its own words", async () => {
    standin.faults.add({
      kind: "empty_error",
      method: "crm.item.add",
      description: "Поле «Источник» обязательно",
      times: Number.POSITIVE_INFINITY,
    });
    await tellsAndGoesOn(/Поле «Источник» обязательно/, "failed", () => standin.faults.clear());
  }, 30_000);

  it("in which a stage was deleted names the stage, and takes the deal when another one is chosen", async () => {
    const stage = standin.addStage(0, "Особая");
    await call.send("PATCH", `/connections/${form.id}`, { settings: { stage } });
    await until(async () => {
      await submit();
      return [...standin.state.deals.values()].some((deal) => deal["stageId"] === stage);
    }, 40);
    standin.removeStage(stage);
    await tellsAndGoesOn(new RegExp(`the stage ${stage} may have been deleted|there is no stage ${stage}`), "misread", async () => {
      await call.send("PATCH", `/connections/${form.id}`, { settings: { stage: "" } });
    });
  }, 90_000);

  it("whose webhook was deleted waits for a person, and goes on as an application", async () => {
    standin.revokeWebhook();
    const phone = await submit();
    await until(async () => (await parkedBecause()) !== null);
    const { app, url } = standin;
    await call.send("PATCH", `/connections/${portal.id}`, {
      settings: { sign_in: "application", client_id: app.clientId, client_secret: app.clientSecret, auth_server: url },
    });
    expect((await standin.openFrame(portal.urls["application"] ?? "")).status).toBe(200);
    await until(async () => there(phone) === 1 && dealsThere(phone) === 1);
    expect(await parkedBecause()).toBeNull();
  }, 30_000);
});
