import { B24OAuth } from "@bitrix24/b24jssdk";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ask } from "../../testkit/ask.ts";
import { type Bitrix24Standin, startBitrix24 } from "../standin.ts";

/** The stand-in under the official client, over plain HTTP: whatever it sends and expects is what the portal takes and answers. */
let portal: Bitrix24Standin;
let client: B24OAuth;
let renewed: { readonly accessToken: string; readonly refreshToken: string } | undefined;

beforeEach(async () => {
  portal = await startBitrix24();
  const { access_token: accessToken, refresh_token: refreshToken, expires } = portal.tokens();
  const { clientId, clientSecret, applicationToken } = portal.app;
  client = new B24OAuth(
    {
      ...{
        applicationToken,
        userId: 1,
        memberId: portal.memberId,
        accessToken,
        refreshToken,
        expires,
        expiresIn: 3600,
        scope: "crm",
        status: "L",
      },
      ...{ domain: portal.host, clientEndpoint: `${portal.url}/rest/`, serverEndpoint: `${portal.url}/rest/`, issuer: "store" },
    },
    { clientId, clientSecret },
  );
  client.offClientSideWarning();
  renewed = undefined;
  client.setCallbackRefreshAuth(async ({ b24OAuthParams }) => {
    renewed = b24OAuthParams;
  });
});
afterEach(async () => {
  client.destroy();
  await portal.stop();
});

it("answers a call, and its errors as the client knows them", async () => {
  const added = await client.actions.v2.call.make<{ item: { id: number; title: string } }>({
    method: "crm.item.add",
    params: { entityTypeId: 2, fields: { title: "From the SDK", opportunity: 10.5 } },
  });
  const item = added.getData()?.result.item;
  expect(portal.state.deals.get(item?.id ?? 0)).toMatchObject({ title: "From the SDK", opportunity: 10.5 });
  const missed = client.actions.v2.call.make({ method: "crm.item.get", params: { entityTypeId: 2, id: 9999 } });
  await expect(missed).rejects.toMatchObject({ code: "NOT_FOUND", status: 400, message: "Элемент не найден" });
});

it("answers a batch, with values of earlier commands in later ones", async () => {
  const answer = await client.actions.v2.batch.make({
    calls: {
      contact: { method: "crm.item.add", params: { entityTypeId: 3, fields: { name: "Анна" } } },
      deal: { method: "crm.item.add", params: { entityTypeId: 2, fields: { title: "Deal", contactIds: ["$result[contact][item][id]"] } } },
    },
    options: { isHaltOnError: true },
  });
  expect(answer.isSuccess).toBe(true);
  const [[contact], [deal]] = [[...portal.state.contacts.values()], [...portal.state.deals.values()]];
  expect(deal).toMatchObject({ contactIds: [contact?.id] });
  expect(portal.requests.map(({ method }) => method)).toEqual(["batch"]);
});

it("gives a whole list, page by page", async () => {
  for (let index = 0; index < 52; index++)
    await ask(portal.webhook, "crm.item.add", { entityTypeId: 4, fields: { title: `Company ${index}` } });
  const answer = await client.actions.v2.callList.make({
    method: "crm.item.list",
    params: { entityTypeId: 4, select: ["id", "title"] },
    idKey: "id",
    customKeyForResult: "items",
  });
  expect(answer.getData()).toHaveLength(52);
});

it("renews a token that is too old, and repeats the call", async () => {
  portal.expireTokens();
  const answer = await client.actions.v2.call.make<{ ID: string }>({ method: "user.current" });
  expect(answer.getData()?.result.ID).toBe("1");
  expect(portal.tokensGiven()).toBe(1);
  expect(renewed?.refreshToken).toMatch(/^[0-9a-f]+$/);
  expect(portal.requests.map(({ status }) => status)).toEqual([401, 200]);
});
