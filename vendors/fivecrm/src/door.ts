import type { Door, DoorProblem, DoorRoute, InboundRequest, Reply } from "@svyazka/core";
import { type EndpointName, endpoints, pathsOf } from "./protocol.ts";
import { answer, answerError, corsFor, ownValue, plain } from "./replies.ts";

export type IntakeKind = "tilda" | "vk" | "google" | "generic";
/** GET is let in so that a person who opens the address sees that it works; it creates nothing (L13). */
const intakeMethods = ["POST", "GET"];

const endpointPaths = (Object.keys(endpoints) as EndpointName[]).flatMap((name) => pathsOf(name).map((path) => [path, name] as const));
const intakePaths: readonly (readonly [string, IntakeKind])[] = [
  ["/", "generic"],
  ...(["tilda", "vk", "google", "generic"] as const).flatMap((kind) => [[`/${kind}`, kind] as const, [`/${kind}/`, kind] as const]),
];
export const snippetPath = "/form.js";
export const endpointAt: ReadonlyMap<string, EndpointName> = new Map(endpointPaths);
export const intakeAt: ReadonlyMap<string, IntakeKind> = new Map(intakePaths);

const routes: readonly DoorRoute[] = [
  ...endpointPaths.map(([path, name]) => ({ methods: endpoints[name].methods, path })),
  ...intakePaths.map(([path]) => ({ methods: intakeMethods, path, inboundOnly: true as const })),
  { methods: ["GET"], path: snippetPath, inboundOnly: true },
];

export const door: Door = {
  routes,
  // 256 KiB (§7): a form is a few hundred bytes, and attached files belong elsewhere.
  bodyLimit: 256 * 1024,
  token,
  before,
  refuse,
};

/** `public_token` wherever it may stand; for webhooks, whose address is all one may choose, `token` in the query too. */
function token({ form, query, path }: InboundRequest): string | undefined {
  const named = ownValue(form, "public_token") || ownValue(query, "public_token");
  if (named) return named.trim();
  return (!endpointAt.has(path) && ownValue(query, "token")?.trim()) || undefined;
}

const methodsAt = (path: string): readonly string[] => {
  const name = endpointAt.get(path);
  if (name !== undefined) return endpoints[name].methods;
  return path === snippetPath ? ["GET"] : intakeMethods;
};

function before(request: InboundRequest): Reply | undefined {
  if (request.method === "OPTIONS") return preflight(request.path);
  // A HEAD must not do what a GET does (L13).
  if (request.method === "HEAD") return { ...refuse({ kind: "method_not_allowed", allowed: methodsAt(request.path) }, request), body: "" };
  if (request.method === "GET" && endpointAt.get(request.path) === "ctm/form/send" && isPrefetch(request.headers)) {
    return answerError(request, { status: 403, error: "prefetch_refused", message: "Предзагрузка не создаёт заявок." });
  }
  return undefined;
}

function preflight(path: string): Reply {
  const methods = [...methodsAt(path), "OPTIONS"].join(", ");
  const allowed = corsFor(path);
  if (Object.keys(allowed).length === 0) return { status: 204, headers: { allow: methods }, body: "" };
  const grant = {
    "access-control-allow-methods": methods,
    "access-control-allow-headers": "Content-Type, Idempotency-Key, X-Requested-With",
    "access-control-max-age": "86400",
  };
  return { status: 204, headers: { allow: methods, ...allowed, ...grant }, body: "" };
}

/** Browsers announce that nobody has clicked yet; `X-Moz` is Firefox's older word for it. */
const isPrefetch = (headers: Readonly<Record<string, string>>): boolean =>
  /prefetch|preview|prerender/i.test(
    `${headers["purpose"] ?? ""} ${headers["sec-purpose"] ?? ""} ${headers["x-purpose"] ?? ""} ${headers["x-moz"] ?? ""}`,
  );

// ── Refusals ────────────────────────────────────────────────────────────────────────────────────────────────────────

interface Refusal {
  readonly status: number;
  readonly error: string;
  readonly message: string;
  readonly fields?: Readonly<Record<string, readonly string[]>>;
  readonly headers?: Readonly<Record<string, string>>;
}

function refuse(problem: DoorProblem, request: InboundRequest): Reply {
  const refusal = refusalFor(problem, request);
  const kind = intakeAt.get(request.path);
  if (request.path === snippetPath || kind === "tilda" || kind === "vk") return plain(refusal.message, refusal.status, refusal.headers);
  if (kind === "google")
    return answer({ ...request, query: {}, form: {} }, JSON.stringify({ message: refusal.message }), refusal.status, refusal.headers);
  return answerError(request, refusal);
}

/** Words that tell the caller what to mend; statuses by L2. */
function refusalFor(problem: DoorProblem, request: InboundRequest): Refusal {
  switch (problem.kind) {
    case "no_token":
      return {
        status: 401,
        error: "public_token_required",
        message: "Не передан public_token. Возьмите его в настройках подключения: «Код на сайт».",
      };
    case "unknown_token":
      return {
        status: 401,
        error: "public_token_invalid",
        message: "Такого public_token нет. Скопируйте его заново из настроек подключения: «Код на сайт».",
      };
    case "wrong_token":
      return { status: 401, ...wrongToken(request) };
    case "disabled":
      return { status: 403, error: "disabled", message: "Приём заявок по этому токену выключен. Включите подключение в настройках." };
    case "removed":
      return { status: 410, error: "removed", message: "Эта форма удалена. Уберите её код с сайта или создайте новое подключение." };
    case "not_found":
      return { status: 404, error: "not_found", message: "Такого адреса нет. Проверьте путь, например: ctm/form/send." };
    case "method_not_allowed":
      return {
        status: 405,
        error: "method_not_allowed",
        message: `Метод ${request.method} здесь не подходит. Подходит: ${problem.allowed.join(", ")}.`,
        headers: { allow: [...new Set([...problem.allowed, "OPTIONS"])].join(", ") },
      };
    case "too_large":
      return { status: 413, error: "too_large", message: "Запрос больше 256 КБ. Отправьте файлы ссылкой." };
    case "rate_limited":
      return {
        status: 429,
        error: "too_many_requests",
        message: `Слишком много запросов. Повторите через ${problem.retryAfterSeconds} с.`,
        headers: { "retry-after": String(problem.retryAfterSeconds) },
      };
    case "busy":
      return {
        status: 503,
        error: "busy",
        message: `Сервер занят. Повторите через ${problem.retryAfterSeconds} с.`,
        headers: { "retry-after": String(problem.retryAfterSeconds) },
      };
    case "unavailable":
      return {
        status: 503,
        error: "unavailable",
        message: "Сервер временно не может сохранить запрос. Повторите через минуту.",
        headers: { "retry-after": "60" },
      };
    case "internal":
      return { status: 500, error: "internal", message: "Ошибка на нашей стороне. Повторите позже." };
    case "malformed":
      return {
        status: 422,
        error: "validation_failed",
        message: problem.message,
        fields: Object.keys(problem.fields).length > 0 ? problem.fields : { body: [problem.message] },
      };
  }
}

function wrongToken({ path }: InboundRequest): { error: string; message: string } {
  const kind = intakeAt.get(path);
  if (kind === "vk") return { error: "vk_secret_invalid", message: "Секретный ключ VK не совпадает с настройкой подключения." };
  if (kind === "google") return { error: "google_key_invalid", message: "google_key не совпадает с настройкой подключения." };
  if (endpointAt.get(path) === "public/managers/get") {
    return { error: "secret_token_invalid", message: "Нужен верный secret_token. Он в настройках подключения, рядом с public_token." };
  }
  return {
    error: "public_token_invalid",
    message: "public_token не подходит к этому адресу. Скопируйте оба заново из настроек подключения.",
  };
}
