import type { Route } from "@svyazka/contract";
import type { FastifyRequest } from "fastify";

/** The `ETag` of an answer, where the route is about one record. */
export function etagOf(route: Route, answer: unknown): string | undefined {
  if (!route.versioned || typeof answer !== "object" || answer === null || !("version" in answer)) return undefined;
  return `"${String(answer.version)}"`;
}

/** The versions that `If-Match` names: strong or weak, quoted or bare, one or several. `*` is any, as is no header at all. */
export function ifMatch(request: FastifyRequest): readonly string[] | undefined {
  const header = request.headers["if-match"];
  if (header === undefined || header.trim() === "*") return undefined;
  return header.split(",").map((tag) => tag.trim().replace(/^(?:W\/)?"(.*)"$/, "$1"));
}
