/** Links to things in 1C, and the references in them. Source: onec.md §12, <https://yellow-erp.com/page/guides/dev/url-formats/>. */

/** `ref` of an inner link is the GUID reordered: A(4) B(12) C(4) D(4) E(8) is E-D-C-A-B (measured on four public ones). Undefined when it is none. */
export function guidOfRef(ref: string): string | undefined {
  const [, a, b, c, d, e] = /^([0-9a-f]{4})([0-9a-f]{12})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{8})$/.exec(ref.trim().toLowerCase()) ?? [];
  return e === undefined ? undefined : `${e}-${d}-${c}-${a}-${b}`;
}

/** The other way round; braces and capitals are taken. */
export function refOfGuid(guid: string): string | undefined {
  const [, e, d, c, a, b] =
    /^\{?([0-9a-f]{8})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{4})-([0-9a-f]{12})\}?$/.exec(guid.trim().toLowerCase()) ?? [];
  return e === undefined ? undefined : `${a}${b}${c}${d}${e}`;
}

export interface InnerLink {
  /** `e1cib/data/Справочник.Контрагенты?ref=…`: the part that opens in every client. */
  readonly inner: string;
  /** `Справочник.Контрагенты`. */
  readonly type: string;
  /** What the link points to, as `id_1c` may name it. */
  readonly guid: string | undefined;
}

/** The inner part of an inner or an outer link; undefined when there is none. An outer link made in one client may not open in another. */
export function readLink(link: string): InnerLink | undefined {
  const inner = /(?:^|#)(e1cib\/data\/.+)$/i.exec(link.trim())?.[1];
  if (inner === undefined) return undefined;
  const [, type = "", ref = ""] = /^e1cib\/data\/([^?]+)(?:\?(?:.*&)?ref=([0-9a-f]{32})(?![0-9a-f]))?/i.exec(inner) ?? [];
  return { inner, type: decoded(type), guid: guidOfRef(ref) };
}

/** `e1cib/data/Справочник.Контрагенты?ref=…`; undefined when the GUID is none. */
export function writeInnerLink(type: string, guid: string): string | undefined {
  const ref = refOfGuid(guid);
  return ref === undefined ? undefined : `e1cib/data/${type}?ref=${ref}`;
}

/** The address of a base, `#`, and the inner link. `url_address` serves as the address (A22). */
export const writeOuterLink = (address: string, inner: string): string => `${address.trim().replace(/#.*$/, "")}#${inner}`;

/** Whether people may be given it as a link: http, https and e1c only. Everything else is text, and nothing ever HTML. */
export const isShownAsLink = (link: string): boolean =>
  /^(?:https?|e1c):\/\/[^\s/]/i.test(link) && !/[\s"<>\u0000-\u001f\u007f]/.test(link);

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
