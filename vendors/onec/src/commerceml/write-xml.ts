import { type Encoding, encode } from "./encoding.ts";

/** An element to write: its children, or its text; undefined children are left out. */
export interface XmlOut {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly content: string | readonly (XmlOut | undefined)[];
}

/** An element; undefined when it has no text to hold, for what is optional. */
export const optional = (name: string, text: string | undefined): XmlOut | undefined =>
  text === undefined || text === "" ? undefined : { name, content: text };
export const element = (name: string, content: XmlOut["content"], attributes?: Readonly<Record<string, string>>): XmlOut =>
  attributes ? { name, content, attributes } : { name, content };

/**
 * Bytes of a document with the declaration that fits them. What windows-1251 lacks becomes a character reference, so nothing is lost;
 * only what XML itself forbids (control characters, halves of a surrogate pair) becomes a space or U+FFFD.
 */
export function writeXml(root: XmlOut, encoding: Encoding): Uint8Array {
  const text = `<?xml version="1.0" encoding="${encoding === "utf-8" ? "UTF-8" : "windows-1251"}"?>\n${write(root, "")}`;
  return encode(text, encoding, (letter) => `&#${letter.codePointAt(0)};`);
}

function write({ name, attributes = {}, content }: XmlOut, indent: string): string {
  const open = `${name}${Object.entries(attributes)
    .map(
      ([key, value]) =>
        ` ${key}="${escapeText(value)
          .replace(/"/g, "&quot;")
          .replace(/[\t\n]/g, (sign) => `&#${sign.charCodeAt(0)};`)}"`,
    )
    .join("")}`;
  if (typeof content === "string") return `${indent}<${open}>${escapeText(content)}</${name}>\n`;
  const children = content.flatMap((each) => (each ? [write(each, `${indent}  `)] : []));
  // Both tags even when there is nothing: a self-closing element in `mode=info` is taken for a missing one by exchange modules.
  return children.length === 0 ? `${indent}<${open}></${name}>\n` : `${indent}<${open}>\n${children.join("")}${indent}</${name}>\n`;
}

const marks: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;" };

function escapeText(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, " ")
    .replace(/[\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>\r]/g, (sign) => marks[sign] ?? sign);
}
