import type { DoorProblem, InboundRequest, Reply } from "@svyazka/core";
import { callPaths, writeDone, writeError } from "../protocol.ts";
import { sentIn } from "./sent.ts";

/** Every answer is the envelope of the document; 1C learns from `error`, in Russian, what is to be mended (A9). */

const json = { "content-type": "application/json; charset=utf-8" };

export const done = (data: unknown): Reply => ({ status: 200, headers: json, body: writeDone(data) });

/** Ids of the CRM are numbers in the document. */
export const doneWith = (id: string): Reply => done(/^\d{1,15}$/.test(id) ? Number(id) : id);

export const failed = (status: number, text: string, code: string, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { ...json, ...headers },
  body: writeError(text, code),
});

const retrySeconds = "30";
/** The work goes on meanwhile, and the same call finds what it has made. */
export const later = (text = "Ещё выполняется. Повторите этот же вызов: второй записи не появится."): Reply =>
  failed(503, text, "busy", { "retry-after": retrySeconds });

const words: Partial<Record<DoorProblem["kind"], readonly [status: number, text: string]>> = {
  no_token: [400, "Не указан key: номер аккаунта CRM"],
  unknown_token: [404, "Такого key нет. Проверьте номер аккаунта CRM или секретный адрес"],
  wrong_token: [401, "Доступ закрыт: неверный логин или пароль (Basic), адрес не в списке разрешённых или нужен секретный адрес"],
  disabled: [403, "Подключение выключено в хабе"],
  removed: [404, "Подключение удалено в хабе"],
  not_found: [404, "Такого адреса нет"],
  too_large: [413, "Тело больше 32 МиБ"],
  unavailable: [503, "Хаб не может записать вызов. Повторите его позже"],
  internal: [503, "Хаб не смог обработать вызов, он сохранён в журнале. Повторите его позже"],
};

export function refuse(problem: DoorProblem, request: InboundRequest): Reply {
  const { path } = request;
  // What cannot be read names no key either.
  const unread = problem.kind === "no_token" && request.method === "POST" ? sentIn(request).problem : undefined;
  if (unread !== undefined) return failed(400, unread, "malformed");
  if (path === callPaths.checkActive) {
    // A known account that is switched off is no error; one that nobody knows is (A10).
    if (problem.kind === "disabled") return done(false);
    if (problem.kind === "unknown_token" || problem.kind === "removed")
      return { ...failed(404, "", ""), body: writeError("Такого key нет", "unknown_key", false) };
  }
  switch (problem.kind) {
    case "malformed":
      return failed(400, problem.message, "malformed");
    case "method_not_allowed":
      return failed(405, `Этот адрес принимает только ${problem.allowed.join(", ")}`, "method_not_allowed", {
        allow: problem.allowed.join(", "),
      });
    case "rate_limited":
    case "busy":
      return failed(problem.kind === "busy" ? 503 : 429, "Слишком много вызовов. Повторите позже", problem.kind, {
        "retry-after": String(problem.retryAfterSeconds),
      });
    default: {
      const [status, text] = words[problem.kind] ?? [503, "Повторите позже"];
      const headers =
        status === 503 ? { "retry-after": "5" } : status === 401 ? { "www-authenticate": 'Basic realm="1C", charset="UTF-8"' } : {};
      return failed(status, text, problem.kind === "unknown_token" ? "unknown_key" : problem.kind, headers);
    }
  }
}
