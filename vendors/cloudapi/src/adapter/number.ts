import type { Kit } from "@svyazka/core";
import { makeWhatsApp, type WhatsApp } from "../client.ts";
import type { NumberConnection } from "../settings.ts";

/** One number, as the hub works with it. */

export const hookPath = "/cloudapi/hook";

export const whatsAppOf = ({ settings, secrets }: NumberConnection, kit: Pick<Kit, "fetch">): WhatsApp =>
  makeWhatsApp({
    ...{ phoneNumberId: settings.phone_number_id, token: secrets.access_token, url: settings.address, version: settings.version },
    send: (request) => kit.fetch(request),
  });

/** Where this number's hooks come in: nobody can guess it. */
export const hookUrlOf = (secret: string, base: string): string => `${base}/in/${secret}${hookPath}`;
