import type { Pasted } from "@svyazka/core";
import { endpointPath } from "./door.ts";
import { apiPath, restPath } from "./protocol.ts";
import { dialectOf, type Line } from "./settings.ts";

/** What is typed in at the other side: at the PBX's cabinet, or in the CRM that we are the PBX of. */
export function paste(line: Line, base: string): readonly Pasted[] {
  const own = `${base}/in/${line.id}`;
  const dialect = dialectOf(line);
  const { crm_token, admin_login, admin_password, api_key } = line.secrets;
  if (line.settings.side === "crm") {
    // In the seed's dialect the PBX is told by logging in.
    if (dialect === "seed") return [];
    return [
      { label: { ru: "Кабинет АТС: адрес вашей CRM", en: "The PBX's cabinet: address of your CRM" }, text: own + endpointPath },
      { label: { ru: "Кабинет АТС: ключ для авторизации в вашей CRM", en: "The PBX's cabinet: key of your CRM" }, text: crm_token },
    ];
  }
  if (dialect === "seed")
    return [
      { label: { ru: "CRM: адрес АТС", en: "The CRM: address of the PBX" }, text: own },
      { label: { ru: "CRM: логин", en: "The CRM: login" }, text: admin_login },
      { label: { ru: "CRM: пароль", en: "The CRM: password" }, text: admin_password },
    ];
  return [
    { label: { ru: "CRM: адрес АТС", en: "The CRM: address of the PBX" }, text: own + (dialect === "v1" ? restPath : apiPath) },
    { label: { ru: "CRM: ключ АТС", en: "The CRM: key of the PBX" }, text: api_key },
  ];
}
