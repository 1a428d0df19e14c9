import { type CrmOnTrial, crmContract } from "@svyazka/core/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testDatabase } from "../../server/testkit/database.ts";
import { databaseKit } from "../../server/testkit/database-kit.ts";
import { connectAccount } from "../../vendors/amocrm/src/adapter/account.ts";
import { longLived, makeAmo, memoryTokens, overFetch } from "../../vendors/amocrm/src/client.ts";
import { accountAt } from "../../vendors/amocrm/testkit/account.ts";
import { accountReader, prepareAccount } from "../../vendors/amocrm/testkit/trial.ts";
import { api, type HubProcess, makeDataDir, removeDataDir, startHubProcess, until } from "../testkit/hub.ts";
import { registerIntegration } from "../testkit/integration.ts";
import { type Added, addCompany, addLine, type CallShape, type Company } from "../testkit/telephony.ts";

/** One hub writes into another "as into amoCRM": both halves of the protocol at once. */

const dataDirs = [makeDataDir(), makeDataDir()] as const;
let near: HubProcess;
let far: HubProcess;
beforeAll(async () => {
  [near, far] = await Promise.all([startHubProcess({ dataDir: dataDirs[0] }), startHubProcess({ dataDir: dataDirs[1] })]);
}, 60_000);
afterAll(async () => {
  if (process.env["SHOW"]) console.log(near.output(), far.output());
  await Promise.all([near.stop(), far.stop()]);
  for (const dataDir of dataDirs) removeDataDir(dataDir);
});

crmContract("a hub that answers as amoCRM", async (): Promise<CrmOnTrial> => {
  await addCompany(far, "trial");
  const { urls, long_lived_token: token } = await registerIntegration(far, "trial");
  const database = await testDatabase();
  const { crm } = connectAccount(accountAt(urls.api, token), databaseKit(database));
  if (!crm) throw new Error("an account is a CRM");
  const amo = makeAmo({
    domain: urls.api,
    tokens: memoryTokens(longLived(token)),
    send: overFetch(fetch),
    limiter: { take: async () => {} },
  });
  await prepareAccount(amo);
  return { crm, startsOpen: true, directory: () => crm.directory(), read: accountReader(amo), close: () => database.close() };
});

describe("a call at one hub", () => {
  let company: Company;
  let other: Company;
  let line: Added;
  let there: ReturnType<typeof api>;
  let here: ReturnType<typeof api>;
  const phone = "+79031234567";

  beforeAll(async () => {
    [company, other] = await Promise.all([addCompany(near, "near"), addCompany(far, "far")]);
    there = api(far, other.token);
    here = api(near, company.token);
    const user = await there.send<{ id: number }>("POST", "/users", { name: "Иван", email: "ivan@far.example", role: "manager" });
    await there.send("POST", "/contacts", { name: "Мария", phones: [{ value: phone }], responsible: user.id });
    const integration = await registerIntegration(far, "far");
    const [own] = (await here.all<{ id: number; vendor: string }>("/connections")).filter(({ vendor }) => vendor === "crm");
    await here.send("DELETE", `/connections/${own?.id}`);
    await near.command<Added>(
      ...["connection", "add", "amocrm", "--workspace", "near", "--allow-private-addresses"],
      ...["--set", "side=account", "--set", `domain=${integration.urls.api}`, "--set", `long_lived_token=${integration.long_lived_token}`],
      ...["--set", "requests_per_second=0"],
    );
    line = await addLine(near, company, { side: "crm", unknown_caller: "deal", missed_task_minutes: "15", recording_days: "0" });
    await here.send("PUT", `/connections/${line.id}/mappings/user`, { items: [{ theirs: "ivan", ours: String(user.id) }] });
    await until(async () => (await there.all<{ vendor: string }>("/connections")).some(({ vendor }) => vendor === "amocrm"));
  }, 60_000);

  const tell = async (fields: Readonly<Record<string, string>>) => {
    const answer = await fetch(line.urls["inbound"] ?? "", {
      method: "POST",
      body: new URLSearchParams({ ...fields, crm_token: line.secrets["crm_token"] ?? "" }),
    });
    expect(answer.status).toBe(200);
    return answer.text();
  };
  const idle = (of: ReturnType<typeof api>) => until(async () => (await of.all("/deliveries?state=waiting")).length === 0);

  it("is answered from the near hub's own book, and logged at the far one", async () => {
    const call = { callid: "c1", phone: phone.slice(1), diversion: "74950000000" };
    const who = await until(async () => {
      const answer = await tell({ cmd: "contact", ...call });
      return answer.includes("Мария") && answer;
    });
    expect(JSON.parse(who)).toMatchObject({ contact_name: "Мария", responsible: "ivan" });
    await tell({ cmd: "event", type: "INCOMING", user: "ivan", ...call });
    await tell({
      cmd: "history",
      type: "in",
      user: "ivan",
      ...call,
      start: "20261125T101500Z",
      duration: "61",
      link: "https://records.example/1.mp3",
      status: "Success",
    });
    const [logged] = await until(async () => {
      const calls = await there.all<CallShape>(`/calls?phone=${encodeURIComponent(phone)}`);
      return calls.length > 0 && calls;
    });
    expect(logged).toMatchObject({ direction: "in", outcome: "answered", contact: { name: "Мария" } });
  });

  it("of a stranger makes a contact and a deal there, of which a webhook tells the near hub, and there it ends", async () => {
    const stranger = "+79039876543";
    const call = { callid: "c2", phone: stranger.slice(1), diversion: "74950000000", user: "ivan" };
    await tell({ cmd: "history", type: "in", ...call, start: "20261125T101500Z", duration: "0", status: "missed" });
    await until(async () => (await there.all(`/contacts?phone=${encodeURIComponent(stranger)}`)).length === 1);
    await until(async () => (await there.all("/tasks?done=false")).length === 1);
    // The far hub tells its subscriber, which is the near one; that looks, and is content.
    await until(async () =>
      (await here.all<{ flow: string; detail: string | null }>("/deliveries?state=done")).some(
        ({ flow, detail }) => flow === "look-up-record" && detail?.includes("наша собственная") === true,
      ),
    );
    await idle(here);
    await idle(there);
    const counts = async () => [(await here.all("/journal")).length, (await there.all("/journal")).length];
    // What the far hub has still to tell comes soon; an echo would never end.
    let before: number[] = [];
    await until(async () => {
      before = await counts();
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      return String(await counts()) === String(before);
    });
    expect(await there.all(`/contacts?phone=${encodeURIComponent(stranger)}`)).toHaveLength(1);
    expect(await there.all("/deals")).toHaveLength(1);
  });

  it("is remembered when the far hub is gone, and written when it is back", async () => {
    const answer = () => tell({ cmd: "contact", callid: "c3", phone: phone.slice(1), diversion: "74950000000" });
    const port = Number(new URL(far.url).port);
    await far.kill();
    expect(await answer()).toContain("Мария");
    await tell({
      cmd: "history",
      type: "in",
      callid: "c3",
      phone: phone.slice(1),
      diversion: "74950000000",
      user: "ivan",
      start: "20261125T111500Z",
      duration: "10",
      status: "Success",
    });
    far = await startHubProcess({ dataDir: dataDirs[1], port });
    there = api(far, other.token);
    await until(async () => {
      await here.send("POST", "/deliveries/bulk", { action: "retry", filter: { state: "waiting" } }).catch(() => undefined);
      return (await there.all<CallShape>(`/calls?phone=${encodeURIComponent(phone)}`)).length === 2;
    }, 60);
  });
});

describe("an administrator of the far hub", () => {
  it("lets the near one in by the link, takes it out again, and lets it in anew: what waited goes on", async () => {
    const [company, other] = await Promise.all([addCompany(near, "oauth-near"), addCompany(far, "oauth-far")]);
    const [here, there] = [api(near, company.token), api(far, other.token)];
    const account = await near.command<Added>(
      ...["connection", "add", "amocrm", "--workspace", "oauth-near", "--allow-private-addresses"],
      ...["--set", "side=account", "--set", `domain=${far.url}`, "--set", "sign_in=oauth", "--set", "requests_per_second=0"],
      ...["--set", "integration_id=00000000-0000-0000-0000-000000000000"],
    );
    const integration = await registerIntegration(far, "oauth-far", account.urls["redirect"]);
    const settings = { integration_id: integration.client_id, integration_secret: integration.client_secret };
    await here.send("PATCH", `/connections/${account.id}`, { settings });
    const authorize = `${far.url}/oauth?client_id=${integration.client_id}&state=${account.id}&mode=popup`;
    const letIn = async () => {
      const allowed = await fetch(authorize, {
        method: "POST",
        redirect: "manual",
        body: new URLSearchParams({
          state: String(account.id),
          decision: "allow",
          email: "admin@oauth-far.example",
          password: "пароль-для-проверки",
        }),
      });
      const back = allowed.headers.get("location") ?? "";
      const page = await fetch(back);
      return [page.status, await page.text(), back] as const;
    };
    const check = () => here.send<{ ok: boolean; message: string }>("POST", `/connections/${account.id}/check`);
    expect((await check()).ok).toBe(false);
    const [status, text, back] = await letIn();
    expect([status, text]).toEqual([200, expect.stringContaining("Доступ получен")]);
    expect(await check()).toMatchObject({ ok: true });
    // A code is good once, and stands in no journal.
    expect((await fetch(back)).status).toBe(502);
    const code = new URL(back).searchParams.get("code") ?? "-";
    expect(JSON.stringify(await here.all("/journal"))).not.toContain(code);

    const form = await near.command<Added>("connection", "add", "fivecrm", "--workspace", "oauth-near");
    const submit = (phone: string) =>
      fetch(`${near.url}/in/${form.secrets["public_token"]}/ctm/form/send`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ name: "Анна", phone }),
      });
    const contacts = (phone: string) => there.all(`/contacts?phone=${encodeURIComponent(phone)}`);
    await submit("+79031112201");
    await until(async () => (await contacts("+79031112201")).length === 1);

    const { items } = await there.get<{ items: { id: string }[] }>(`/connections/${integration.id}/grants`);
    for (const { id } of items) await there.call("DELETE", `/connections/${integration.id}/grants/${id}`);
    await submit("+79031112202");
    await submit("+79031112203");
    const state = () => here.get<{ parked_because: string | null }>(`/connections/${account.id}`);
    await until(async () => (await state()).parked_because !== null);
    expect((await state()).parked_because).toContain("a person has to let the integration in again");
    expect(await contacts("+79031112202")).toEqual([]);

    await letIn();
    await until(async () => (await contacts("+79031112202")).length === 1 && (await contacts("+79031112203")).length === 1);
    expect((await state()).parked_because).toBeNull();
  }, 60_000);
});
