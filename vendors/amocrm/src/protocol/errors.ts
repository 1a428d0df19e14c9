/** How amoCRM says no: `application/problem+json`. Source: https://www.amocrm.ru/developers/content/api/errors */

/** Exactly this: one client compares the header as a whole. */
export const problemType = "application/problem+json";
export const halType = "application/hal+json";

export interface Problem {
  readonly title: string;
  readonly type: string;
  readonly status: number;
  readonly detail: string;
  /** Of the token endpoint: in words, what is wrong with the grant. */
  readonly hint?: string;
  readonly "validation-errors"?: readonly ItemProblems[];
}

/** What is wrong with one item of a batch. */
export interface ItemProblems {
  readonly request_id: string;
  readonly errors: readonly FieldProblem[];
}

export interface FieldProblem {
  readonly code: ProblemCode | (string & {});
  /** Dotted, with the numbers of places: `custom_fields_values.0.field_id`. */
  readonly path: string;
  readonly detail: string;
}

/** The first four are seen in the wild; the others are named in their manner (ruling: README). */
export type ProblemCode =
  | "NotSupportedChoice"
  | "FieldNotExpected"
  | "NotNullable"
  | "FieldMissing"
  | "InvalidType"
  | "TooShort"
  | "TooLong"
  | "TooSmall"
  | "TooBig"
  | "InvalidFormat"
  | "TooManyItems"
  | "TooFewItems"
  | "NotUnique";

const details: Readonly<Record<ProblemCode, string>> = {
  NotSupportedChoice: "The value you selected is not a valid choice.",
  FieldNotExpected: "This field was not expected.",
  NotNullable: "This value should not be null.",
  FieldMissing: "This field is missing.",
  InvalidType: "This value should be of another type.",
  TooShort: "This value is too short.",
  TooLong: "This value is too long.",
  TooSmall: "This value is too small.",
  TooBig: "This value is too big.",
  InvalidFormat: "This value has a wrong format.",
  TooManyItems: "This collection has too many elements.",
  TooFewItems: "This collection has too few elements.",
  NotUnique: "This value is already used.",
};

/** With its usual words, or with better ones. */
export const fieldProblem = (code: ProblemCode, path: string, detail: string = details[code]): FieldProblem => ({ code, path, detail });

const titles: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Payload Too Large",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

export const writeProblem = (status: number, detail: string): Problem => ({
  title: titles[status] ?? "Error",
  type: `https://httpstatus.es/${status}`,
  status,
  detail,
});

/** What is the matter with a request of many items, by the item. */
export const writeInvalid = (items: readonly ItemProblems[]): Problem => ({
  "validation-errors": items,
  ...writeProblem(400, "Request validation failed"),
});

export const unauthorized: Problem = writeProblem(401, "Неверный логин или пароль");

/** The token endpoint's own shape. Source: https://github.com/amocrm/amocrm-api-php/issues/123, /235 */
export const writeGrantProblem = (status: 400 | 401, hint: string, what: "request" | "client" = "request"): Problem => ({
  hint,
  title: what === "client" ? "Некорректный клиент" : "Некорректный запрос",
  type: "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
  status,
  detail: what === "client" ? "Авторизация клиента не прошла" : "В запросе отсутствует ряд параметров или параметры невалидны",
});

/** Undefined when it is no such thing: an HTML page, nothing. */
export function readProblem(text: string): Problem | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  // Where sources are deleted, the places stand under a shorter name.
  const { title, type, status, detail, hint, errors, "validation-errors": items = errors } = json as Record<string, unknown>;
  if (typeof title !== "string" && typeof detail !== "string") return undefined;
  return {
    title: String(title ?? ""),
    type: String(type ?? ""),
    status: Number(status ?? 0),
    detail: String(detail ?? ""),
    ...(typeof hint === "string" && { hint }),
    ...(Array.isArray(items) && { "validation-errors": items.flatMap(readItem) }),
  };
}

function readItem(item: unknown): ItemProblems[] {
  if (typeof item !== "object" || item === null) return [];
  const { request_id, errors } = item as Record<string, unknown>;
  const list = Array.isArray(errors) ? errors : [errors];
  return [
    {
      request_id: String(request_id ?? ""),
      errors: list.flatMap((error: unknown) => {
        if (typeof error !== "object" || error === null) return [];
        const { code, path, detail } = error as Record<string, unknown>;
        return [{ code: String(code ?? ""), path: String(path ?? ""), detail: String(detail ?? "") }];
      }),
    },
  ];
}
