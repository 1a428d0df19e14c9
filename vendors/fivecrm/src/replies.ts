import type { InboundRequest, Reply } from "@svyazka/core";
import { done, type FieldErrors, isCallbackName, pathsOf, writeError, writeJsonp } from "./protocol.ts";

/** `no-store`: a GET that creates data must never be answered by a cache in between (L13). */
const always = { "cache-control": "no-store", "x-content-type-options": "nosniff" } as const;
const cors = { "access-control-allow-origin": "*", "access-control-expose-headers": "Retry-After" } as const;

/** Addresses that pages may read from any site (L5): the form, and the public lists. Never the list of managers. */
const openToPages = new Set([
  ...pathsOf("ctm/form/send"),
  ...pathsOf("public/funnels/get"),
  ...pathsOf("public/deal/get-custom-fields"),
  "/",
  "/generic",
  "/generic/",
  "/form.js",
]);
const managers = new Set(pathsOf("public/managers/get"));

export const corsFor = (path: string): Readonly<Record<string, string>> => (openToPages.has(path) ? cors : {});

/** The JSONP name in a request, if it may be used: never for the managers, whom any page could then read with a script tag. */
export function callbackOf(request: InboundRequest): string | undefined {
  if (managers.has(request.path)) return undefined;
  return ownValue(request.form, "callback") || ownValue(request.query, "callback") || undefined;
}

/** An own property only: `form["constructor"]` is a function otherwise. */
export const ownValue = (fields: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(fields, name) ? fields[name] : undefined;

/** An answer of the API: JSON, or JSONP with status 200 because a script tag cannot read another one (L2). */
export function answer(request: InboundRequest, json: string, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  const callback = callbackOf(request);
  if (callback !== undefined && isCallbackName(callback)) {
    return {
      status: 200,
      headers: {
        "content-type": "application/javascript; charset=utf-8",
        "cross-origin-resource-policy": "cross-origin",
        ...always,
        ...corsFor(request.path),
        ...headers,
      },
      body: writeJsonp(callback, json),
    };
  }
  return {
    status,
    headers: { "content-type": "application/json; charset=utf-8", ...always, ...corsFor(request.path), ...headers },
    body: json,
  };
}

export const answerDone = (request: InboundRequest): Reply => answer(request, done);

export function answerError(
  request: InboundRequest,
  {
    status,
    error,
    message,
    fields,
    headers,
  }: { status: number; error: string; message: string; fields?: FieldErrors; headers?: Readonly<Record<string, string>> },
): Reply {
  return answer(request, writeError(error, message, fields), status, headers);
}

/** A plain answer, for the senders who want a word. */
export const plain = (body: string, status = 200, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { "content-type": "text/plain; charset=utf-8", ...always, ...headers },
  body,
});

export const script = (body: string): Reply => ({
  status: 200,
  headers: { "content-type": "application/javascript; charset=utf-8", "cross-origin-resource-policy": "cross-origin", ...always, ...cors },
  body,
});
