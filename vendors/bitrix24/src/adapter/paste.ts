import type { Pasted } from "@svyazka/core";
import type { PortalConnection } from "../settings.ts";
import { appPath, consentLink, signedInPath } from "./pages.ts";
import { isApplication } from "./portal.ts";
import { hookPath } from "./subscribe.ts";

/** What a person copies into the portal. */
export function pasteOf(connection: PortalConnection, base: string): readonly Pasted[] {
  const at = (path: string): string => `${base}/in/${connection.secrets.hook_secret}${path}`;
  if (!isApplication(connection))
    return [
      {
        label: {
          ru: "Обработчик исходящего вебхука (события контактов, компаний, сделок и лидов), чтобы изменения приходили сразу",
          en: "Handler of an outgoing webhook (events of contacts, companies, deals and leads), for changes to come at once",
        },
        text: `${base}/in/${connection.secrets.event_secret}${hookPath}`,
      },
    ];
  const link = consentLink(connection);
  return [
    {
      label: {
        ru: "Путь вашего обработчика и путь первоначальной установки",
        en: "Your handler's path, and the initial installation path",
      },
      text: at(appPath),
    },
    {
      label: { ru: "Права приложения", en: "Permissions of the application" },
      text: "crm, user, task, telephony, imopenlines, imconnector",
    },
    ...(link === undefined
      ? []
      : [
          {
            label: { ru: "Ссылка, по которой администратор даёт доступ", en: "The link by which an administrator gives access" },
            text: link,
          },
          {
            label: { ru: "Адрес возврата для неё (вместо пути обработчика)", en: "Its return address (in place of the handler's path)" },
            text: at(signedInPath),
          },
        ]),
  ];
}
