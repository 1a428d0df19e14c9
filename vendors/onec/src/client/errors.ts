import { cutText, isClosed, isLocked, readFailure } from "../protocol.ts";

/** What can go wrong with a base of 1C, by what is to be done about it (table of onec.md §5). Messages are Russian: for whoever looks after the connection. */
export class OneCError extends Error {
  override readonly name: string = "OneCError";
  readonly status: number;
  constructor(message: string, { status }: { readonly status: number }) {
    super(message);
    this.status = status;
  }
}

/** The base is closed for maintenance, or the web server is down: try again later. */
export class OneCClosed extends OneCError {
  override readonly name = "OneCClosed";
  /** Seconds, when the answer said so. */
  readonly retryAfterSeconds: number | undefined;
  constructor(message: string, { status, retryAfterSeconds }: { readonly status: number; readonly retryAfterSeconds?: number }) {
    super(message, { status });
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** 406, twice in a row: sessions die as soon as they begin. Try again later. */
export class OneCSessionLost extends OneCError {
  override readonly name = "OneCSessionLost";
}

/** Somebody in 1C holds the record: try again after a short pause. */
export class OneCLocked extends OneCError {
  override readonly name = "OneCLocked";
}

/** A fault of the server, a full disk for one: try again after a long pause, and tell a person. */
export class OneCFailed extends OneCError {
  override readonly name = "OneCFailed";
}

/** 401: wrong user or password. Stop, and tell a person. */
export class OneCUnauthorized extends OneCError {
  override readonly name = "OneCUnauthorized";
}

/** 403, and the base is not closed: the user lacks rights. Stop, and tell a person. */
export class OneCForbidden extends OneCError {
  override readonly name = "OneCForbidden";
}

/** 404, or the address leads elsewhere: not published, or a wrong path. Stop, and tell a person. */
export class OneCNotPublished extends OneCError {
  override readonly name = "OneCNotPublished";
}

/** 400, or an answer that is not the documented one: the handlers did not take this. It needs a person; others may pass. */
export class OneCRefused extends OneCError {
  override readonly name = "OneCRefused";
}

/** Which of them an answer that is not 200 means. The words of 1C are cut to what a person can use. */
export function readOneCError(status: number, headers: Readonly<Record<string, string>>, body: string): OneCError {
  const words = readFailure(body);
  const said = (message: string): string => (words === "" ? message : `${message}: ${words}`);
  // A base that is closed answers 403 all the same: it is no wrong password.
  if (isClosed(body)) return new OneCClosed(said("База 1С закрыта на обслуживание"), { status, ...retryAfter(headers) });
  if (status === 502 || status === 503 || status === 504 || status === 429 || status === 408)
    return new OneCClosed(`Веб-сервер 1С не отвечает (HTTP ${status})`, { status, ...retryAfter(headers) });
  if (status === 406) return new OneCSessionLost(said("Сеанс 1С завершился раньше ответа"), { status });
  if (status >= 500 && isLocked(body)) return new OneCLocked(said("Данные в 1С заняты другим сеансом"), { status });
  if (status >= 500) return new OneCFailed(said(`Ошибка сервера 1С (HTTP ${status})`), { status });
  if (status === 401) return new OneCUnauthorized("1С не принимает логин или пароль: проверьте param1 и param2", { status });
  if (status === 403) return new OneCForbidden(said("У пользователя 1С не хватает прав"), { status });
  if (status === 404) return new OneCNotPublished("По этому адресу обработчики 1С не опубликованы: проверьте web_address", { status });
  return new OneCRefused(cutText(words === "" ? `1С не приняла запрос (HTTP ${status})` : words, 500), { status });
}

/** Seconds, or a date (RFC 9110, 10.2.3). */
function retryAfter(headers: Readonly<Record<string, string>>): { retryAfterSeconds?: number } {
  const value = headers["retry-after"]?.trim() ?? "";
  const seconds = /^\d{1,9}$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return Number.isNaN(seconds) ? {} : { retryAfterSeconds: Math.max(seconds, 0) };
}
