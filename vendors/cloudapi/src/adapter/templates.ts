import type { MessageTemplate, SentTemplate } from "@svyazka/core";
import type { WhatsApp } from "../client.ts";
import type { Template, TemplateValue } from "../protocol.ts";
import { inWords } from "./words.ts";

/** Words that Meta has let pass. Only those of text are ours to send: a header with a file, or with a gap of its own, needs more than people are asked for. */
export const toldTemplate = ({ name, language, body, status, variables, header }: Template): MessageTemplate => ({
  ...{ name, language, text: body, gaps: variables.length },
  isUsable: status === "APPROVED" && (header === undefined || (header.format === "TEXT" && !/\{\{/.test(header.text ?? ""))),
});

/** A list that was read is good for so long: it changes when Meta has looked at another one. */
const freshMs = 300_000;

/** The values as Meta wants them: gaps that have names are filled by name. */
export function fillerOf(
  whatsApp: WhatsApp,
  wabaId: string,
  now: () => Date,
): (template: SentTemplate) => Promise<readonly TemplateValue[]> {
  let read: { readonly at: number; readonly templates: readonly Template[] } | undefined;
  return async ({ name, language, values }) => {
    if (values.length === 0) return [];
    const isSame = (one: Template): boolean => one.name === name && one.language === language;
    if (!read || now().getTime() - read.at > freshMs || !read.templates.some(isSame))
      read = { at: now().getTime(), templates: await inWords(() => whatsApp.templates(wabaId)) };
    const variables = read.templates.find(isSame)?.variables ?? [];
    return values.map((text, place): TemplateValue => {
      const variable = variables[place];
      return variable === undefined || /^\d+$/.test(variable) ? text : { name: variable, text };
    });
  };
}
