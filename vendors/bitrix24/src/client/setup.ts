import { listOf, mapOf, numberIn, objectTypes, textIn } from "../protocol.ts";
import type { Params, Transport } from "./transport.ts";

/** What a portal is made of: who works there, pipelines, stages, fields. */

export interface User {
  readonly id: string;
  readonly name: string;
  readonly isActive: boolean;
  readonly email?: string;
  readonly phone?: string;
  /** As their desk phone is called. */
  readonly extension?: string;
  readonly photo?: string;
}

export interface Category {
  readonly id: number;
  readonly name: string;
  readonly sort: number;
  readonly isDefault: boolean;
}

/** A row of any of the CRM's lists: a stage, a status of leads, a source. */
export interface StatusRow {
  readonly list: string;
  readonly code: string;
  readonly name: string;
  readonly sort: number;
  /** `S` won, `F` lost; absent in between. */
  readonly semantics?: "S" | "F";
}

export interface UserField {
  /** `UF_CRM_SIZE` */
  readonly code: string;
  readonly name: string;
  readonly type: string;
  readonly isMultiple: boolean;
  readonly options: readonly { readonly id: string; readonly name: string }[];
}

/** 1: leads are used; 2: everything new is a deal. */
export type CrmMode = 1 | 2;

const mostPages = 200;

/** Every row of a list that counts its pages. */
async function everyRow(
  { ask }: Transport,
  method: string,
  params: Params,
  read: (result: unknown) => readonly unknown[],
): Promise<Readonly<Record<string, unknown>>[]> {
  const rows: Readonly<Record<string, unknown>>[] = [];
  let start: number | undefined = 0;
  for (let page = 0; start !== undefined && page < mostPages; page++) {
    const { result, next } = await ask(method, { ...params, start });
    rows.push(...read(result).map(mapOf));
    start = next !== undefined && next > start ? next : undefined;
  }
  return rows;
}

/** Source: user.get. Those who have left are among them. */
export async function listUsers(transport: Transport): Promise<User[]> {
  const rows = await everyRow(transport, "user.get", { SORT: "ID", ORDER: "ASC" }, listOf);
  return rows.flatMap((row) => {
    const id = textIn(row, "ID");
    if (id === undefined) return [];
    const [email, phone, extension, photo] = [
      textIn(row, "EMAIL"),
      textIn(row, "WORK_PHONE") ?? textIn(row, "PERSONAL_MOBILE"),
      textIn(row, "UF_PHONE_INNER"),
      textIn(row, "PERSONAL_PHOTO"),
    ];
    const name = [textIn(row, "NAME"), textIn(row, "LAST_NAME")].filter(Boolean).join(" ");
    return [
      {
        ...{ id, name: name || (email ?? `#${id}`), isActive: row["ACTIVE"] === true || row["ACTIVE"] === "Y" || row["ACTIVE"] === "true" },
        ...(email !== undefined && { email }),
        ...(phone !== undefined && { phone }),
        ...(extension !== undefined && { extension }),
        ...(photo !== undefined && { photo }),
      },
    ];
  });
}

/** Of deals, the one with id 0 among them. Source: crm.category.list */
export async function listCategories(transport: Transport): Promise<Category[]> {
  const rows = await everyRow(transport, "crm.category.list", { entityTypeId: 2 }, (result) => listOf(mapOf(result)["categories"]));
  return rows.flatMap((row) => {
    const id = numberIn(row, "id");
    return id === undefined
      ? []
      : [
          {
            id,
            name: textIn(row, "name") ?? `#${id}`,
            sort: numberIn(row, "sort") ?? 0,
            isDefault: row["isDefault"] === "Y" || row["isDefault"] === true,
          },
        ];
  });
}

/** All lists at once. Source: crm.status.list */
export async function listStatuses(transport: Transport): Promise<StatusRow[]> {
  const rows = await everyRow(transport, "crm.status.list", { order: { SORT: "ASC" } }, listOf);
  return rows.flatMap((row) => {
    const [list, code] = [textIn(row, "ENTITY_ID"), textIn(row, "STATUS_ID")];
    if (list === undefined || code === undefined) return [];
    const told = textIn(row, "SEMANTICS") ?? { success: "S", failure: "F", apology: "F" }[textIn(mapOf(row["EXTRA"]), "SEMANTICS") ?? ""];
    return [
      {
        ...{ list, code, name: textIn(row, "NAME") ?? code, sort: numberIn(row, "SORT") ?? 0 },
        ...((told === "S" || told === "F") && { semantics: told }),
      },
    ];
  });
}

/** Of contacts, companies, deals or leads: whoever may read those, may see it. Source: crm.item.fields; crm_rest_field_description */
export async function listUserFields({ ask }: Transport, of: "contact" | "company" | "deal" | "lead"): Promise<UserField[]> {
  const { result } = await ask("crm.item.fields", { entityTypeId: objectTypes[of], useOriginalUfNames: "Y" });
  return Object.entries(mapOf(mapOf(result)["fields"])).flatMap(([name, raw]) => {
    const field = mapOf(raw);
    const code = [name, textIn(field, "upperName") ?? ""].find((one) => one.startsWith("UF_"));
    if (code === undefined) return [];
    const options = listOf(field["items"]).flatMap((item) => {
      const option = mapOf(item);
      const [id, value] = [textIn(option, "ID"), textIn(option, "VALUE")];
      return id === undefined || value === undefined ? [] : [{ id, name: value }];
    });
    return [
      {
        code,
        name: textIn(field, "title") ?? code,
        type: textIn(field, "type") ?? "string",
        isMultiple: field["isMultiple"] === true,
        options,
      },
    ];
  });
}

/** Source: crm.settings.mode.get */
export async function readMode({ ask }: Transport): Promise<CrmMode> {
  const { result } = await ask("crm.settings.mode.get");
  return Number(result) === 1 ? 1 : 2;
}

/** What sums may be in; one of them is the portal's own. Source: crm.currency.list */
export async function listCurrencies(transport: Transport): Promise<{ readonly code: string; readonly isBase: boolean }[]> {
  const { result } = await transport.ask("crm.currency.list", { order: { sort: "asc" } });
  return listOf(result).flatMap((raw) => {
    const row = mapOf(raw);
    const code = textIn(row, "CURRENCY");
    return code === undefined ? [] : [{ code, isBase: row["BASE"] === "Y" }];
  });
}

/** Whose rights we have: of the webhook's owner, or of whoever installed the application. Source: user.current */
export async function readMe({ ask }: Transport): Promise<string | undefined> {
  const { result } = await ask("user.current");
  return textIn(mapOf(result), "ID");
}

/** What we are let in for. Source: the method `scope` */
export async function readScopes({ ask }: Transport): Promise<string[]> {
  const { result } = await ask("scope");
  return listOf(result).map(String);
}
