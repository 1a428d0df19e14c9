import { STATUS_CODES } from "node:http";
import type { Problem } from "@svyazka/contract";
import { Conflict, Unavailable } from "@svyazka/core";
import { Forbidden, Invalid, NotFound } from "@svyazka/crm";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { TooManyTries } from "../people/sign-in.ts";

/** An answer that is not a success, said by a route itself. */
export class ApiError extends Error {
  readonly status: number;
  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** Somebody changed the record first: the answer shows it as it is now. */
export class Overtaken extends ApiError {
  readonly current: unknown;
  constructor(detail: string, current: unknown) {
    super(412, detail);
    this.current = current;
  }
}

type Body = Omit<Problem, "type" | "title" | "request_id">;

/** RFC 9457: every error of `/hub/v1` in one shape, in words that tell the caller what to mend. */
export function sendProblem(reply: FastifyReply, request: FastifyRequest, problem: Body): FastifyReply {
  return reply
    .code(problem.status)
    .type("application/problem+json; charset=utf-8")
    .send(JSON.stringify({ type: "about:blank", title: STATUS_CODES[problem.status] ?? "Error", ...problem, request_id: request.id }));
}

export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (problem.status >= 500 && problem.status !== 503) request.log.error({ err: error, request_id: request.id }, "a route failed");
  if (error instanceof TooManyTries) reply.header("retry-after", error.retryAfterSeconds);
  if (problem.status === 503) reply.header("retry-after", 1);
  return sendProblem(reply, request, problem);
}

/** What an error means to whoever asked. */
export function problemOf(error: unknown): Body {
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof Overtaken) return { status: error.status, detail, current: error.current };
  if (error instanceof ApiError) return { status: error.status, detail };
  if (error instanceof NotFound) return { status: 404, detail };
  if (error instanceof Invalid)
    return { status: 422, detail, errors: Object.fromEntries(Object.entries(error.fields).map(([name, list]) => [name, [...list]])) };
  if (error instanceof Forbidden) return { status: 403, detail };
  if (error instanceof Conflict) return { status: 409, detail };
  if (error instanceof TooManyTries) return { status: 429, detail };
  if (error instanceof Unavailable) return { status: 503, detail };
  const { validation, validationContext, statusCode } = error as FastifyError;
  if (validation) return { status: 422, detail: `The ${validationContext ?? "request"} is not as described`, errors: namesOf(validation) };
  // The database refuses a value: too large a number, a character it cannot store.
  if (/^(22|23)/.test(String((error as { code?: string }).code ?? "")))
    return { status: 422, detail: `The database cannot store this: ${detail}` };
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) return { status: statusCode, detail };
  return { status: 500, detail: "Something went wrong on our side; the log has the details under this request_id" };
}

function namesOf(validation: NonNullable<FastifyError["validation"]>): Record<string, string[]> {
  const errors: Record<string, string[]> = {};
  for (const { instancePath, message, params, keyword } of validation) {
    const extra =
      keyword === "required"
        ? String(params["missingProperty"])
        : keyword === "additionalProperties"
          ? String(params["additionalProperty"])
          : "";
    const name = [...instancePath.split("/").slice(1), ...(extra ? [extra] : [])].join(".") || "body";
    const words =
      keyword === "additionalProperties"
        ? "is not a field of this request"
        : keyword === "required"
          ? "is required"
          : (message ?? "is wrong");
    errors[name] = [...(errors[name] ?? []), words];
  }
  return errors;
}
