import {
  type Connected,
  type InboundRequest,
  type Kit,
  messengerFacts,
  pollWaiting,
  type Received,
  Refused,
  type Vendor,
} from "@svyazka/core";
import { door, receiveHook } from "./adapter/door.ts";
import { messengerOf } from "./adapter/messenger.ts";
import { hookUrlOf, whatsAppOf } from "./adapter/number.ts";
import { inWords } from "./adapter/words.ts";
import { type NumberConnection, settings } from "./settings.ts";

/** Numbers of a company in WhatsApp, by the Cloud API of Meta. */
export const cloudapi: Vendor<typeof settings> = {
  id: "cloudapi",
  title: { ru: "WhatsApp Cloud API", en: "WhatsApp Cloud API" },
  about: {
    ru: "Переписка с официального номера WhatsApp: через 24 часа после сообщения клиента — только шаблоны.",
    en: "Conversations by an official number of WhatsApp: 24 hours after the client's message, by templates only.",
  },
  ports: ["messenger"],
  // "Up to 80 messages per second by default": throughput of a number.
  pace: () => ({ perSecond: 75, burst: 40 }),
  tells: messengerFacts,
  settings,
  door,
  receive: (request: InboundRequest, number: NumberConnection): Received => receiveHook(request, number),

  connect: (number: NumberConnection, kit: Kit): Connected => ({
    messenger: messengerOf(number, kit),
    async check() {
      const { status = "CONNECTED", phone } = await inWords(() => whatsAppOf(number, kit).phoneNumber());
      if (status !== "CONNECTED") throw new Refused(`the number ${phone} is ${status}: it has to be CONNECTED to send`);
    },
  }),

  poll: (number, kit) => pollWaiting(number.id, kit),

  urls: ({ secrets }, base) => ({ webhook: hookUrlOf(secrets.hook_secret, base) }),

  paste: ({ settings: { address, version, phone_number_id, waba_id } }, base) => [
    {
      label: { ru: "Callback URL (приложение → WhatsApp → Configuration)", en: "Callback URL (the app → WhatsApp → Configuration)" },
      text: hookUrlOf("{hook_secret}", base),
    },
    { label: { ru: "Verify token", en: "Verify token" }, text: "{verify_token}" },
    { label: { ru: "Поле вебхука, на которое подписаться", en: "The field of the webhook to subscribe to" }, text: "messages" },
    {
      label: {
        ru: "Подписать приложение на этот аккаунт WhatsApp, если сообщения не приходят",
        en: "Subscribe the app to this WhatsApp account, if no messages come",
      },
      text: `curl -X POST '${address}/${version}/${waba_id}/subscribed_apps' -H 'Authorization: Bearer {access_token}'`,
    },
    {
      label: { ru: "Второй номер того же приложения: свой адрес вебхука", en: "A second number of the same app: an address of its own" },
      text: `curl -X POST '${address}/${version}/${phone_number_id}' -H 'Authorization: Bearer {access_token}' -H 'Content-Type: application/json' -d '${JSON.stringify(
        { webhook_configuration: { override_callback_uri: hookUrlOf("{hook_secret}", base), verify_token: "{verify_token}" } },
      )}'`,
    },
  ],
};
