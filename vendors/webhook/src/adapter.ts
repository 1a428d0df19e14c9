import { type ChangedRecord, type Connected, Gone, type Kit, Refused, Unavailable, type Vendor } from "@svyazka/core";
import { type Answer, deliver } from "./client.ts";
import { type Message, readSecret } from "./protocol.ts";
import { type Subscription, settings, typeOf } from "./settings.ts";

/** Programs that want to be told what happens in our CRM, by Standard Webhooks. */
export const webhook: Vendor<typeof settings> = {
  id: "webhook",
  title: { ru: "Вебхуки (Standard Webhooks)", en: "Webhooks (Standard Webhooks)" },
  about: {
    ru: "Сообщает вашей программе об изменениях в CRM: подписанные запросы, повторы, ничего не теряется.",
    en: "Tells a program of yours what changes in the CRM: signed requests, retries, nothing is lost.",
  },
  ports: ["subscriber"],
  tests: true,
  settings,
  connect,
  paste: ({ settings: { url }, secrets: { secret } }) => [
    { label: { ru: "Получателю: секрет подписи", en: "For the receiver: signing secret" }, text: secret },
    {
      label: { ru: "Проверка подписи (Node, npm i standardwebhooks)", en: "Verifying (Node, npm i standardwebhooks)" },
      text: `import { Webhook } from "standardwebhooks";

// The body as it came, before anything reads it as JSON.
const event = new Webhook("${secret}").verify(rawBody, request.headers); // throws when it is not ours
// ${url}`,
    },
  ],
};

function connect(subscription: Subscription, kit: Kit): Connected {
  const { url, events } = subscription.settings;
  const send = async (message: Message, id: string): Promise<Answer> => {
    const answer = await deliver(message, id, kit.now(), { url, secrets: secretsOf(subscription, kit.now()) }, kit.fetch);
    refuse(answer);
    return answer;
  };
  return {
    subscriber: {
      wants: (change) => events.length === 0 || events.includes(typeOf(change)),
      async tell({ id, change }) {
        await send(messageOf(change), idOf(id));
      },
    },
    async check() {
      secretsOf(subscription, kit.now());
      if (kit.isTrial) return;
      await send(testMessage(kit.now()), `msg_test_${kit.now().getTime()}`);
    },
    async test() {
      const { status, body } = await send(testMessage(kit.now()), `msg_test_${kit.now().getTime()}`);
      return `HTTP ${status}${body === "" ? "" : `: ${body.slice(0, 200)}`}`;
    },
  };
}

/** The one in force, and the one before while it overlaps. */
function secretsOf({ secrets: { secret }, secretsBefore }: Subscription, now: Date): string[] {
  const before = secretsBefore?.["secret"];
  const all = [secret, ...(before && before.until > now ? [before.secret] : [])];
  // A person may have given one of their own.
  if (all.some((one) => readSecret(one) === undefined)) throw new Refused("the signing secret must be whsec_ and 24 to 64 bytes in base64");
  return all;
}

/** "It's important that the message id not include any `.`": the specification, of the signature scheme. */
const idOf = (id: string): string => `msg_${id.replaceAll(/[^\w-]/g, "")}`;

function messageOf(change: ChangedRecord): Message {
  const { kind, id, at, by, changes, record } = change;
  return {
    type: typeOf(change),
    timestamp: at,
    data: { id: Number(id), kind, by: by ?? null, changes: changes ?? null, record: record ?? null },
  };
}

const testMessage = (now: Date): Message => ({ type: "webhook.test", timestamp: now.toISOString(), data: { text: "Svyazka" } });

/** Throws for every answer but 2xx. "Any other status code, including 3xx redirects, is a failure"; 410 means to send nothing more. */
function refuse({ status, headers }: Answer): void {
  if (status >= 200 && status < 300) return;
  if (status === 410) throw new Gone("the endpoint answers 410: it wants nothing more of us");
  if (status >= 300 && status < 400)
    throw new Unavailable(
      `the endpoint sends us on (${status} to ${headers["location"] ?? "nowhere"}): set its own address, redirects are not followed`,
    );
  const wait = Number(headers["retry-after"]);
  throw new Unavailable(`the endpoint answers ${status}`, Number.isFinite(wait) && wait > 0 ? { retryAfterSeconds: wait } : {});
}
