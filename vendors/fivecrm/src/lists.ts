import { type InboundRequest, Intruder, type Received } from "@svyazka/core";
import { dealFieldCode } from "./lead.ts";
import {
  type CustomField,
  customFieldNames,
  type Funnel,
  type Manager,
  writeCustomFields,
  writeFunnels,
  writeId,
  writeManagers,
} from "./protocol.ts";
import { answer, ownValue } from "./replies.ts";
import type { Site } from "./settings.ts";
import { sameSecret } from "./spam.ts";

/** Lists are answered from the hub's own copy of the CRM's directory, and bring no facts. */
const listed = (request: InboundRequest, json: string, word: string): Received => ({ ignored: word, reply: answer(request, json) });

export function receiveFunnels(request: InboundRequest, site: Site): Received {
  const funnels = site.directory.pipelines.map(
    ({ id, name, isDefault, stages }): Funnel => ({
      id: writeId(id),
      name,
      is_default: isDefault ? "true" : "false",
      stages: stages.map((stage, index) => ({ id: writeId(stage.id), name: stage.name, order: index + 1 })),
    }),
  );
  return listed(request, writeFunnels(funnels), "list of funnels answered");
}

/** Only people who work there now: the list is for choosing whom to give a deal to. */
export function receiveManagers(request: InboundRequest, site: Site): Received {
  if (!knowsSecret(request, site)) throw new Intruder("managers/get without a valid secret_token");
  const managers = site.directory.users
    .filter((user) => user.active)
    .map(
      ({ id, name, phone, email, avatar }): Manager => ({
        id: writeId(id),
        name,
        phone: phone?.replace(/\D/g, "") ?? "",
        email: email ?? "",
        ava: avatar ?? "",
      }),
    );
  return listed(request, writeManagers(managers), "list of managers answered");
}

/** The page says secret_token, its own FAQ private_token (L6); a header keeps it out of access logs. */
function knowsSecret(request: InboundRequest, site: Site): boolean {
  const given = [ownValue(request.query, "secret_token"), ownValue(request.query, "private_token"), request.headers["x-secret-token"]];
  return given.some((secret) => sameSecret(secret?.trim(), site.secrets.secret_token));
}

/** The deal's fields that have a number f_1…f_50: one set by hand, or the field's own code. Never by position, which changes when a field is removed. */
export function receiveCustomFields(request: InboundRequest, site: Site): Received {
  const fields: CustomField[] = [];
  for (const name of customFieldNames) {
    const code = name === "f_0" ? undefined : dealFieldCode(site, name);
    const field = code === undefined ? undefined : site.directory.fields.deal.find((candidate) => candidate.code === code);
    if (field) fields.push({ type: field.type, name: field.name, field: name });
  }
  return listed(request, writeCustomFields(fields), "list of custom fields answered");
}
