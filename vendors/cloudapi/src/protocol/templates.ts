import { type Json, objectOf, objectsOf, present, textOf } from "./json.ts";

/** A message that Meta has approved, or is to approve: all that may be sent outside the window of 24 hours. */
export interface Template {
  readonly id?: string;
  readonly name: string;
  /** `en_US`. */
  readonly language: string;
  /** MARKETING, UTILITY or AUTHENTICATION. */
  readonly category: string;
  /** APPROVED may be sent; PENDING, REJECTED, PAUSED, DISABLED may not. */
  readonly status: string;
  /** With its variables in double braces. */
  readonly body: string;
  /** Of text, or the kind of file that it wants. */
  readonly header?: { readonly format: string; readonly text?: string };
  readonly footer?: string;
  /** What stands in double braces in the body, in order: `1`, `2`, or names. */
  readonly variables: readonly string[];
  readonly buttons: readonly { readonly type: string; readonly text: string }[];
}

export interface TemplatePage {
  readonly templates: readonly Template[];
  /** For `after` of the next page; absent on the last one. */
  readonly next?: string;
}

/** A page of `GET /<WABA>/message_templates`. Undefined when it is none. */
export function readTemplates(result: unknown): TemplatePage | undefined {
  const page = objectOf(result);
  if (!page || !Array.isArray(page["data"])) return undefined;
  const paging = objectOf(page["paging"]);
  // A cursor is told on the last page, too: `next` alone says that there is another.
  const next = textOf(paging?.["next"]) === undefined ? undefined : textOf(objectOf(paging?.["cursors"])?.["after"]);
  return present({ templates: objectsOf(page["data"]).flatMap(readTemplate), next });
}

function readTemplate(template: Json): Template[] {
  const [name, language] = [textOf(template["name"]), textOf(template["language"])];
  if (name === undefined || language === undefined) return [];
  const components = objectsOf(template["components"]);
  const componentOf = (type: string): Json | undefined => components.find((one) => textOf(one["type"])?.toUpperCase() === type);
  const [header, body] = [componentOf("HEADER"), textOf(componentOf("BODY")?.["text"]) ?? ""];
  return [
    present({
      ...{ id: textOf(template["id"]), name, language, body, variables: variablesIn(body) },
      ...{ category: textOf(template["category"]) ?? "", status: textOf(template["status"]) ?? "" },
      header: header && present({ format: textOf(header["format"]) ?? "TEXT", text: textOf(header["text"]) }),
      footer: textOf(componentOf("FOOTER")?.["text"]),
      buttons: objectsOf(componentOf("BUTTONS")?.["buttons"]).map((one) => ({
        type: textOf(one["type"]) ?? "",
        text: textOf(one["text"]) ?? "",
      })),
    }),
  ];
}

/** Each once, in the order of their first place: `{{1}}`, `{{name}}`. */
export const variablesIn = (text: string): string[] => [
  ...new Set([...text.matchAll(/\{\{\s*([\w.]{1,100})\s*\}\}/g)].map(([, name = ""]) => name)),
];
