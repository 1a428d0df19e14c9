import type { InboundRequest, Received, Reply } from "@svyazka/core";
import { LoginNeeded } from "@svyazka/core";
import { portError } from "../port-errors.ts";
import { consentAddress, readEvent, readFrame } from "../protocol.ts";
import type { PortalConnection } from "../settings.ts";
import { bodyText } from "./body-text.ts";
import { enterCode, letIn } from "./let-in.ts";
import { originOf } from "./portal.ts";

/** Pages that the portal opens in a frame, and the one to which a person comes back who let us in. Source: settings/app-installation */

export const appPath = "/bitrix24/app";
export const signedInPath = "/bitrix24/signed-in";

/** Where an administrator says yes, without opening the application in the portal. */
export function consentLink({ settings, id }: PortalConnection): string | undefined {
  return settings.sign_in === "application" && settings.client_id
    ? consentAddress(originOf(settings.domain), settings.client_id, String(id))
    : undefined;
}

/** The application's page, that of its installation, and that of a connector: each brings tokens. */
export function receiveApp(request: InboundRequest, connection: PortalConnection): Received {
  const words = wordsIn(connection);
  const frame = readFrame(request.form, request.query);
  // An application without a page of its own is told of its installation at the same address.
  const event = frame ? undefined : readEvent(bodyText(request));
  if (event?.event === "ONAPPINSTALL" && event.tokens)
    return letIn({
      connection,
      tokens: event.tokens,
      reply: page(connection, words.done, 200),
      failure: (reason) => page(connection, reason, 200),
    });
  if (!frame) return { page: page(connection, words.openInPortal, 400) };
  const hostname = (address: string): string => URL.parse(originOf(address))?.host ?? "";
  return letIn({
    connection,
    tokens: frame.tokens,
    reply: page(connection, frame.placement === "SETTING_CONNECTOR" ? words.connector : words.done, 200, true),
    failure: (reason, isWrong) =>
      page(
        connection,
        hostname(frame.domain) !== hostname(connection.settings.domain)
          ? words.otherPortal(frame.domain, connection.settings.domain)
          : `${words.failed} ${reason}`.trim(),
        isWrong ? 400 : 502,
      ),
  });
}

/** `GET …/bitrix24/signed-in?code=…&domain=…`: the person comes back. */
export function receiveSignedIn({ query }: InboundRequest, connection: PortalConnection): Received {
  const words = wordsIn(connection);
  const { code } = query;
  if (!code) return { ignored: "access was refused", reply: page(connection, words.refused, 400) };
  return {
    async answer(kit) {
      try {
        await enterCode(connection, kit, code);
        return page(connection, words.done, 200);
      } catch (thrown) {
        const error = portError(thrown);
        return page(connection, `${words.failed} ${error instanceof Error ? error.message : ""}`, error instanceof LoginNeeded ? 400 : 502);
      }
    },
    otherwise: page(connection, words.failed, 502),
    withinMs: 20_000,
  };
}

const russian = {
  done: "Связка подключена к этому порталу. Звонки, заявки и переписка идут через неё; настройки — в консоли Связки.",
  connector: "Этот канал настраивается в консоли Связки: там он подключён к открытой линии.",
  failed: "Портал нас не впустил.",
  refused: "Доступ не дан. Подключение работать не будет, пока администратор портала не согласится.",
  openInPortal: "Эту страницу открывает портал Битрикс24: добавьте её адрес в локальное приложение.",
  otherPortal: (given: string, wanted: string) =>
    `Приложение открыто в портале ${given}, а в настройках подключения указан ${wanted}. Исправьте адрес портала.`,
};
const english: typeof russian = {
  done: "Svyazka is connected to this portal. Calls, leads and conversations go by it; its settings are in Svyazka's console.",
  connector: "This channel is set up in Svyazka's console: there it was connected to an open line.",
  failed: "The portal has not let us in.",
  refused: "Access was not given. The connection will not work until an administrator of the portal agrees.",
  openInPortal: "This page is opened by a portal of Bitrix24: enter its address in a local application.",
  otherPortal: (given, wanted) =>
    `The application was opened in the portal ${given}, and the connection is set up for ${wanted}. Mend the address of the portal.`,
};
const wordsIn = ({ workspace }: PortalConnection): typeof russian => (workspace.language === "ru" ? russian : english);

const asText = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Without `installFinish` the portal tells of no events and shows no connectors. Source: settings/app-installation/installation-finish */
const finishing =
  '<script src="https://api.bitrix24.com/api/v1/"></script><script>window.BX24&&BX24.init(function(){BX24.installFinish()})</script>';

function page({ workspace, settings }: PortalConnection, text: string, status: number, isInstalled = false): Reply {
  const scripts = isInstalled ? "script-src https://api.bitrix24.com 'unsafe-inline'; connect-src https:; " : "";
  const frames = `frame-ancestors ${originOf(settings.domain)} https://*.bitrix24.ru https://*.bitrix24.com https://*.bitrix24.kz https://*.bitrix24.by https://*.bitrix24.eu`;
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": `default-src 'none'; style-src 'unsafe-inline'; ${scripts}${frames}`,
    },
    body: `<!doctype html><html lang="${workspace.language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Svyazka</title><style>body{font:16px/1.5 system-ui,sans-serif;margin:2rem;max-width:40rem}</style><p>${asText(text)}</p>${isInstalled ? finishing : ""}</html>`,
  };
}
