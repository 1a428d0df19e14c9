import { listOf, type Tree } from "@svyazka/wire";
import { type FieldProblem, fieldProblem } from "../protocol.ts";
import type { Found, Order, Paging, Range } from "./account.ts";
import { type Answer, type At, refuse } from "./http.ts";

/** Reads a query string strictly: a filter that is not known is refused, since whoever gets everything in place of it does harm with it. */
export class Query {
  readonly #tree: Tree;
  readonly #problems: FieldProblem[] = [];
  readonly #prefix: string;
  readonly #read = new Set<string>();

  constructor(tree: Tree, prefix = "") {
    this.#tree = tree;
    this.#prefix = prefix;
  }

  /** What is below this name, as a query of its own. Its problems are told with these. */
  below(name: string): Query | undefined {
    this.#read.add(name);
    const branch = this.#tree[name];
    if (branch === undefined) return undefined;
    if (typeof branch === "string") {
      this.wrong(name, "InvalidType", "This value should be of type array.");
      return undefined;
    }
    const query = new Query(branch, this.#at(name));
    query.#problems.length = 0;
    this.#children.push(query);
    return query;
  }
  readonly #children: Query[] = [];

  raw(name: string): Tree | string | undefined {
    this.#read.add(name);
    return this.#tree[name];
  }

  names(): string[] {
    return Object.keys(this.#tree);
  }

  text(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === "string") return value;
    this.wrong(name, "InvalidType", "This value should be of type string.");
    return undefined;
  }

  /** One, several by brackets, or several by comma. */
  texts(name: string): string[] | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const found = typeof value === "string" ? value.split(",") : listOf(value).flatMap((item) => (typeof item === "string" ? [item] : []));
    return found.map((item) => item.trim()).filter((item) => item !== "");
  }

  ids(name: string): number[] | undefined {
    const found = this.texts(name);
    if (!found) return undefined;
    if (!found.every((item) => /^\d{1,15}$/.test(item))) {
      this.wrong(name, "InvalidType", "This value should be of type int.");
      return undefined;
    }
    return found.map(Number);
  }

  int(name: string, least: number, most: number): number | undefined {
    const value = this.text(name);
    if (value === undefined || value === "") return undefined;
    if (/^\d{1,15}$/.test(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    this.wrong(name, "NotSupportedChoice", `This value should be between ${least} and ${most}.`);
    return undefined;
  }

  flag(name: string): boolean | undefined {
    const value = this.text(name)?.toLowerCase();
    if (value === undefined) return undefined;
    if (["1", "true"].includes(value)) return true;
    if (["0", "false", ""].includes(value)) return false;
    this.wrong(name, "InvalidType", "This value should be of type bool.");
    return undefined;
  }

  /** `[from]` and `[to]`, both ends included; a bare value is `lone`: that moment on, or that very number. */
  range(name: string, lone: "from" | "equal" = "equal"): Range | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const bounds: Record<string, Tree | string> =
      typeof value === "string"
        ? value.includes(",")
          ? { from: value.split(",")[0] ?? "", to: value.split(",")[1] ?? "" }
          : lone === "from"
            ? { from: value }
            : { from: value, to: value }
        : value;
    const range: { from?: number; to?: number } = {};
    for (const [bound, text] of Object.entries(bounds)) {
      const isNumber = typeof text === "string" && /^-?\d{1,15}(\.\d+)?$/.test(text);
      if ((bound === "from" || bound === "to") && text === "") continue;
      if ((bound === "from" || bound === "to") && isNumber) range[bound] = Number(text);
      else this.wrong(`${name}.${bound}`, "InvalidType", "A range has a number as from or to, or both.");
    }
    return range;
  }

  wrong(name: string, code: "InvalidType" | "NotSupportedChoice" | "FieldNotExpected", detail?: string): void {
    this.#problems.push(fieldProblem(code, this.#at(name), detail));
  }

  #at(name: string): string {
    return this.#prefix === "" ? name : `${this.#prefix}.${name}`;
  }

  #all(): FieldProblem[] {
    const unread = this.names()
      .filter((name) => !this.#read.has(name))
      .map((name) => fieldProblem("FieldNotExpected", this.#at(name), "There is no such parameter."));
    return [...this.#problems, ...(this.#prefix === "" ? [] : unread), ...this.#children.flatMap((child) => child.#all())];
  }

  /** Throws when something that was read is wrong, or a filter was not read. What else stands in an address nobody minds: clients add what they like. */
  done(): void {
    refuse(this.#all());
  }
}

export const pagingOf = (query: Query, { most = 250, usual = 50 } = {}): Paging => ({
  page: query.int("page", 1, 1_000_000) ?? 1,
  limit: query.int("limit", 1, most) ?? usual,
});

export function orderOf(query: Query, by: readonly string[]): { readonly order?: Order } {
  const order = query.below("order");
  if (!order) return {};
  const [name] = order.names();
  if (name === undefined) return {};
  const direction = order.text(name)?.toLowerCase();
  if (!by.includes(name)) order.wrong(name, "NotSupportedChoice", `One may order by ${by.join(", ")}.`);
  if (direction !== "asc" && direction !== "desc") order.wrong(name, "NotSupportedChoice", "The direction is asc or desc.");
  return { order: { by: name, descending: direction === "desc" } };
}

/** `with=contacts,leads`, or by brackets. What is not known is nothing that could be brought. */
export const withOf = (query: Query): ReadonlySet<string> => new Set(query.texts("with") ?? []);

/** Members that are there: of optional ones, the compiler tells absent and undefined apart. */
export const given = <T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> };

const href = ({ request }: At, page: number): { href: string } => {
  const parameters = new URLSearchParams(request.query);
  parameters.set("page", String(page));
  return { href: `${request.origin}${request.path}?${parameters.toString()}` };
};

export const selfOf = ({ request }: At) => ({
  self: { href: `${request.origin}${request.path}${request.query === "" ? "" : `?${request.query}`}` },
});

/** One page, in HAL; nothing on it is 204. */
export function pageAnswer(at: At, name: string, { page }: Paging, { hasMore }: Found<unknown>, items: readonly unknown[]): Answer {
  if (items.length === 0) return undefined;
  return {
    body: {
      _page: page,
      _links: {
        self: href(at, page),
        ...(hasMore && { next: href(at, page + 1) }),
        ...(page > 1 && { first: href(at, 1), prev: href(at, page - 1) }),
      },
      _embedded: { [name]: items },
    },
  };
}

/** A short list, with how many there are; with paging, that page of it. */
export function wholeAnswer(at: At, name: string, items: readonly unknown[], paging?: Paging): Answer {
  const { page, limit } = paging ?? { page: 1, limit: Math.max(items.length, 1) };
  const part = items.slice((page - 1) * limit, page * limit);
  if (part.length === 0) return undefined;
  const pages = Math.ceil(items.length / limit);
  return {
    body: {
      _total_items: items.length,
      ...(paging && { _page: page, _page_count: pages }),
      _links: {
        ...(paging ? { self: href(at, page) } : selfOf(at)),
        ...(page < pages && { next: href(at, page + 1) }),
        ...(page > 1 && { first: href(at, 1), prev: href(at, page - 1) }),
      },
      _embedded: { [name]: part },
    },
  };
}

/** An item with its own address. */
export const linked = <T extends object>(at: At, path: string, item: T, id: number | string) => ({
  ...item,
  _links: { self: { href: `${at.request.origin}/api/v4/${path}/${id}` } },
});
