import type { Pasted } from "@svyazka/core";
import type { Integration } from "../settings.ts";
import { redirectUriOf } from "./amo.ts";
import { signInLink } from "./sign-in.ts";

/** What a person copies: to amoCRM, where an account is let in; to a program, where it is to work with our CRM. */
export function pasteOf(connection: Integration, base: string): readonly Pasted[] {
  const { side, sign_in } = connection.settings;
  if (side === "integration")
    return [
      { label: { ru: "Адрес вместо https://sub.amocrm.ru", en: "The address in place of https://sub.amocrm.ru" }, text: base },
      { label: { ru: "ID интеграции", en: "Integration id" }, text: connection.secrets.client_id },
      { label: { ru: "Секретный ключ", en: "Secret key" }, text: connection.secrets.client_secret },
    ];
  if (side !== "account" || sign_in !== "oauth") return [];
  const link = signInLink(connection);
  return [
    {
      label: {
        ru: "Ссылка для перенаправления: в настройки интеграции в amoCRM",
        en: "Redirect address: into the integration's settings at amoCRM",
      },
      text: redirectUriOf(connection, base),
    },
    ...(link === undefined
      ? []
      : [
          {
            label: { ru: "Ссылка, по которой администратор даёт доступ", en: "The link by which an administrator gives access" },
            text: link,
          },
        ]),
  ];
}
