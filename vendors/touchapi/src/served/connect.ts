import { type Answer, Conflict, Invalid, type Kit, Refused, type Sibling, Unavailable, Unsure } from "@svyazka/core";
import { bindCrm, joinCrm, joinHook, type Step } from "../adapter/mend.ts";
import { inWords } from "../adapter/messenger.ts";
import { makeTouchApi, TouchApiLogin, TouchApiRefused } from "../client.ts";
import {
  type AccountInfo,
  type ConnectDraft,
  readConnect,
  said,
  sourceName,
  writeConnected,
  writeError,
  writeFieldErrors,
} from "../protocol.ts";
import type { TouchConnection } from "../settings.ts";
import { accountsOf, asConnection, bindsOf, crmName, crmsIn, findAccount, nameOf } from "./accounts.ts";
import { reply } from "./replies.ts";

/**
 * `POST /crm/connect`. The account is asked before anything is written; the account's record and its links to the CRM are one row; what has to be done elsewhere is tried, told of in `result`, and
 * looked after later. Called again, it changes what was said anew, and makes nothing twice.
 */
export async function connectAccount(fields: Readonly<Record<string, unknown>>, service: TouchConnection, kit: Kit): Promise<Answer> {
  const read = readConnect(fields);
  if ("errors" in read) return refused(400, writeFieldErrors(read.errors));
  const { value: draft } = read;
  try {
    const info = await ask(draft, service, kit);
    // Whichever key they come by: two programs may connect the same account, or each another main one, at once.
    const names = [nameOf(draft.source, draft.login), ...(draft.isMain ? [`main of ${crmName(draft.crm)}`] : [])];
    return await kit.siblings.exclusively(names, () => connect(draft, info, service, kit));
  } catch (error) {
    if (error instanceof TouchApiLogin || error instanceof TouchApiRefused)
      return refused(400, [`touchapi_token: Touch-API: ${error.message}`]);
    if (error instanceof Invalid)
      return refused(
        400,
        Object.entries(error.fields).map(([name, problems]) => `${name}: ${problems.join(", ")}`),
      );
    if (error instanceof Refused) return refused(400, [error.message]);
    if (error instanceof Unavailable || error instanceof Conflict || error instanceof Unsure)
      return {
        ...refused(503, [`Touch-API does not answer: ${error.message}. Repeat the same call later`]),
        headers: { ...json, "retry-after": "10" },
      };
    throw error;
  }
}

const json = { "content-type": "application/json; charset=utf-8" };
const refused = (status: number, errors: readonly string[]): Answer => ({
  ...reply(status, writeError(said.connectFailed, errors)),
  detail: errors.join("; "),
});

/** Throws what the client throws when the account is not known by this token; what else goes wrong is a matter of time. */
async function ask({ source, login, token }: ConnectDraft, { settings }: TouchConnection, kit: Kit): Promise<AccountInfo> {
  const touch = makeTouchApi({ url: settings.address, source, login, token, send: (request) => kit.fetch(request) });
  try {
    return await touch.getInfo();
  } catch (error) {
    if (error instanceof TouchApiLogin || error instanceof TouchApiRefused) throw error;
    return inWords(async () => {
      throw error;
    });
  }
}

async function connect(draft: ConnectDraft, info: AccountInfo, service: TouchConnection, kit: Kit): Promise<Answer> {
  const known = await findAccount(kit, draft.source, draft.login);
  const crm = crmName(draft.crm);
  const wasThere = known !== undefined && !known.isDisabled && crmsIn(known).includes(crm);
  const id = await save(draft, info, known, service, kit);
  const saved = (await accountsOf(kit)).find((one) => one.id === id);
  const accountKit = await kit.siblings.kitOf(id);
  if (!saved || !accountKit) throw new Conflict("the account was removed at the same moment");
  const account = asConnection(service, saved);
  const uuid = account.secrets.account_uuid;
  if (draft.isMain) await moveMain(saved, crm, kit);
  const webhook = await joinHook(account, accountKit);
  const crmStep = await openCrm(draft, account, accountKit);
  const pipeline = draft.pipelineId === undefined ? {} : { pipeline: String(draft.pipelineId) };
  const source = await joinCrm(account, accountKit, draft.crm, { info, isRenamed: draft.name !== undefined, ...pipeline });
  return {
    ...reply(
      200,
      writeConnected({
        result: {
          account: { uuid, created: known === undefined, enabled: true },
          webhook,
          crm: crmStep,
          source: source ?? { ok: false, error: notInstalled, will_retry: true },
        },
        binds: wasThere ? [] : bindsOf(uuid, crm),
        info: infoOf(draft, info),
        ...(draft.crm.type === "amocrm" && { sourceCreated: source ?? {} }),
      }),
    ),
    detail: known ? `account ${draft.source} ${draft.login} was known` : `account ${draft.source} ${draft.login} was added`,
  };
}

/** The account as Touch-API tells of it, in its own words; but for the webhooks, which are everybody's own. */
const infoOf = ({ source, login }: ConnectDraft, { name, phone, isActivated, isOn, step }: AccountInfo) => ({
  ...{ source, login, connected_phone: phone ?? "" },
  ...(name !== undefined && { name }),
  ...(isActivated !== undefined && { activated: isActivated }),
  ...(isOn !== undefined && { state: isOn }),
  step: { value: step.value ?? null, message: step.text },
});

const notInstalled = "no connection of this workspace is this CRM yet: connect it, and the rest follows by itself";

/** The account and its links, in one row of the database. */
async function save(draft: ConnectDraft, info: AccountInfo, known: Sibling | undefined, service: TouchConnection, kit: Kit) {
  const { source, login, token, name, isMain } = draft;
  const crms = [...new Set([...(known && !known.isDisabled ? crmsIn(known) : []), crmName(draft.crm)])];
  const said = {
    ...{ token, crms },
    ...(name !== undefined && { account_name: name }),
    ...(isMain !== undefined && { is_main: isMain }),
  };
  if (known) {
    await kit.siblings.change(known.id, said);
    return known.id;
  }
  return kit.siblings.add({
    name: sourceName({ name, connectedPhone: info.phone ?? draft.phone, login, source }),
    settings: { side: "account", source, login, address: service.settings.address, ...said },
  });
}

/** There is one main account for a CRM. */
async function moveMain({ id }: Sibling, crm: string, kit: Kit): Promise<void> {
  for (const other of await accountsOf(kit))
    if (other.id !== id && other.settings["is_main"] === true && crmsIn(other).includes(crm) && !other.isDisabled)
      await kit.siblings.change(other.id, { is_main: false });
}

/** The CRM at that address: connected by the token that came with the call, where it is not; conversations of this account go there from now on. */
async function openCrm({ crm, crmToken }: ConnectDraft, account: TouchConnection, kit: Kit): Promise<Step> {
  const token = typeof crmToken === "string" ? crmToken : crmToken && tokenIn(crmToken);
  // A box in the same building may speak plain HTTP: whoever says so is taken at their word.
  const plain = /^http:\/\//i.test(crm.url.trim());
  let found = await kit.crms.find(crm);
  if (
    !found &&
    token !== undefined &&
    (await kit.crms.add({ type: crm.type, host: plain ? `http://${crm.host}` : crm.host }, token)) !== undefined
  )
    found = await kit.crms.find(crm);
  if (!found) return { ok: false, error: notInstalled };
  // Whoever calls wants it open, whatever was switched before.
  await bindCrm(account, kit, found.id);
  await kit.crms.bind(account.id, found.id, true);
  return { ok: found.state === "working", state: found.state };
}

/** The documents call it a text, and show an object. */
function tokenIn(token: Readonly<Record<string, unknown>>): string | undefined {
  const found = token["access_token"] ?? token["token"] ?? Object.values(token).find((value) => typeof value === "string");
  return typeof found === "string" ? found : undefined;
}
