import { type Kit, LoginNeeded, type Polled, Refused, type Telephony, type TelephonyUser, Unavailable } from "@svyazka/core";
import { makePbx, type Pbx, PbxError } from "./client.ts";
import { endpointPath } from "./door.ts";
import { clientOf, digest, recordingFacts } from "./endpoint.ts";
import { type Account, type HistoryLine, isNobody, keyHeader, readAccount } from "./protocol.ts";
import { dialectOf, handlingOf, type Line } from "./settings.ts";

/** The PBX that stands behind a line of ours: as `Telephony`, and asked for the calls it did not tell of. */
export function telephonyOf(
  line: Line,
  kit: Kit,
): { telephony: Telephony; check(): Promise<void>; poll(since: Date): Promise<Polled | undefined> } {
  const dialect = dialectOf(line);
  const pbx = makePbx({ domain: line.settings.domain ?? "", dialect, send: kit.fetch });
  const withToken = tokenKeeper(line, kit, pbx);
  const users = async (): Promise<TelephonyUser[]> => (await withToken((token) => pbx.accounts(token))).map(userOf);
  return {
    telephony: {
      async startCall({ account, phone, line: clid }) {
        // In the seed, unless we map, a `user` is one of ours.
        const user = dialect === "seed" && !line.settings.self_map ? (line.userMapping[account] ?? account) : account;
        // A wrong token rings nobody: only that is tried again, after a new login.
        const call = await withToken((token) => pbx.makeCall(token, { user, phone, ...(clid !== undefined && { clid }) }));
        return call === undefined ? {} : { call };
      },
      users,
      recording: (url) => ({
        method: "GET",
        url,
        ...(dialect === "v1" && isOfPbx(url, line) && { headers: { [keyHeader]: line.secrets.pbx_token ?? "" } }),
      }),
    },
    async check() {
      if (dialect === "seed" && kit.isTrial) return isThere(line, pbx);
      if (dialect === "seed") await withToken.anew();
      await users();
    },
    async poll(since) {
      if (dialect === "seed") return undefined;
      const until = kit.now();
      const { lines, raw } = await withToken((token) => pbx.history(token, since, until));
      return { facts: lines.flatMap((one) => factsOf(one, line)), what: "GET history", raw };
    },
  };
}

/** A key that opens the PBX is sent to the PBX and to nobody else, whatever address a push may name. */
const isOfPbx = (url: string, { settings: { domain = "" } }: Line): boolean =>
  URL.parse(url)?.host === (URL.parse(domain)?.host ?? URL.parse(`https://${domain}`)?.host);

interface TokenKeeper {
  <T>(work: (token: string) => Promise<T>): Promise<T>;
  /** Logs in whether or not there is a token. */
  anew(): Promise<string>;
}

/** The seed's token is asked for with a login and kept; the later dialects have a key that a person typed in. */
function tokenKeeper(line: Line, kit: Kit, pbx: Pbx): TokenKeeper {
  const isSeed = dialectOf(line) === "seed";

  async function logIn(): Promise<string> {
    const { login } = line.settings;
    const { password } = line.secrets;
    if (!login || !password) throw new LoginNeeded("the PBX asks for the login and password of its administrator");
    const token = await pbx
      .login({
        ...{ login, password, crmCode: line.settings.crm_code, crmToken: line.secrets.crm_token, selfMap: line.settings.self_map },
        url: `${kit.publicUrl()}/in/${line.id}${endpointPath}`,
      })
      .catch(rethrow);
    await kit.store.put("token", "pbx", token);
    return token;
  }

  async function known(): Promise<string> {
    if (isSeed) return (await kit.store.get<string>("token", "pbx")) ?? logIn();
    if (!line.secrets.pbx_token) throw new LoginNeeded("the PBX asks for the key that is made in its cabinet");
    return line.secrets.pbx_token;
  }

  const keeper = async <T>(work: (token: string) => Promise<T>): Promise<T> => {
    try {
      return await work(await known());
    } catch (error) {
      if (!(isSeed && error instanceof PbxError && error.status === 401)) return rethrow(error);
      const token = await logIn();
      return work(token).catch(rethrow);
    }
  };
  return Object.assign(keeper, { anew: logIn });
}

/** To log in is to tell the PBX where to push: until that is meant, only whether there is one, which a wrong token shows. */
async function isThere(line: Line, pbx: Pbx): Promise<void> {
  if (!line.settings.login || !line.secrets.password) throw new LoginNeeded("the PBX asks for the login and password of its administrator");
  await pbx.accounts("").catch((error: unknown) => {
    if (!(error instanceof PbxError && error.status === 401)) rethrow(error);
  });
}

/** What the PBX said, in the words of a port. */
function rethrow(error: unknown): never {
  if (!(error instanceof PbxError)) throw error;
  if (error.status === 401 || error.status === 403) throw new LoginNeeded(`the PBX does not let us in: ${error.message}`);
  if (error.status < 500 && error.status !== 408 && error.status !== 429) throw new Refused(`the PBX says no: ${error.message}`);
  throw new Unavailable(`the PBX is in trouble: ${error.message}`);
}

const userOf = ({ name, realName, ext, telnum, email }: Account): TelephonyUser => ({
  ...{ account: readAccount(name), name: realName.trim() },
  ...(ext !== undefined && { extension: ext }),
  ...(telnum !== undefined && { phone: telnum }),
  ...(email !== undefined && { email }),
});

/** The same call may have been told of already: it meets that one by its id. */
function factsOf(one: HistoryLine, line: Line) {
  const account = readAccount(one.account);
  const user = line.userMapping[account];
  const links = one.record === undefined ? [] : [one.record];
  return [
    {
      type: "call.finished" as const,
      key: digest("pulled", one.uid, one.outcome, String(one.talkSeconds), String(one.rating)),
      subject: `call ${one.uid}`,
      data: {
        ...{ call: one.uid, direction: one.direction, client: clientOf(one.client, line), outcome: one.outcome },
        ...(one.via !== "" && { line: one.via }),
        ...(account !== "" && { employee: isNobody(account) ? { group: account } : { account, ...(user !== undefined && { user }) } }),
        ...{
          startedAt: one.start.toISOString(),
          waitSeconds: one.waitSeconds,
          talkSeconds: one.talkSeconds,
          recordings: links,
          handling: handlingOf(line),
        },
        ...(one.rating !== undefined && { rating: one.rating }),
      },
    },
    ...recordingFacts(one.uid, links, line),
  ];
}
