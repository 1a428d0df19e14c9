import type { DoorProblem } from "@svyazka/core";
import { describe, expect, it } from "vitest";
import { get, post } from "../testkit/site.ts";
import { door } from "./door.ts";

const refuse = (problem: DoorProblem, request = post("/ctm/form/send")) => door.refuse(problem, request);
const before = (method: string, path: string, headers: Record<string, string> = {}) => door.before?.({ ...post(path), method, headers });

describe("the token", () => {
  it("is found in the query and in the body, where the body wins", () => {
    expect(door.token(get("/ctm/form/send", { public_token: "q" }))).toBe("q");
    expect(door.token(post("/ctm/form/send", { public_token: " b " }, { query: { public_token: "q" } }))).toBe("b");
    expect(door.token(post("/ctm/form/send", { public_token: "" }, { query: { public_token: "q" } }))).toBe("q");
    expect(door.token(post("/ctm/form/send"))).toBeUndefined();
  });

  it("may be called token in the address of a webhook, and nowhere else", () => {
    expect(door.token(post("/tilda", {}, { query: { token: "t" } }))).toBe("t");
    expect(door.token(post("/ctm/form/send", {}, { query: { token: "t" } }))).toBeUndefined();
  });
});

describe("refusals", () => {
  it.each<[DoorProblem, number, string]>([
    [{ kind: "no_token" }, 401, "public_token_required"],
    [{ kind: "unknown_token" }, 401, "public_token_invalid"],
    [{ kind: "wrong_token" }, 401, "public_token_invalid"],
    [{ kind: "disabled" }, 403, "disabled"],
    [{ kind: "removed" }, 410, "removed"],
    [{ kind: "not_found" }, 404, "not_found"],
    [{ kind: "too_large" }, 413, "too_large"],
    [{ kind: "method_not_allowed", allowed: ["POST", "GET"] }, 405, "method_not_allowed"],
    [{ kind: "rate_limited", retryAfterSeconds: 7 }, 429, "too_many_requests"],
    [{ kind: "busy", retryAfterSeconds: 2 }, 503, "busy"],
    [{ kind: "unavailable" }, 503, "unavailable"],
    [{ kind: "internal" }, 500, "internal"],
    [{ kind: "malformed", message: "Нет", fields: { name: ["длинно"] } }, 422, "validation_failed"],
  ])("%o is told with its status, a code and Russian words", (problem, status, error) => {
    const reply = refuse(problem);
    expect(reply.status).toBe(status);
    expect(reply.headers["content-type"]).toBe("application/json; charset=utf-8");
    expect(JSON.parse(reply.body)).toMatchObject({ ans: "false", error, message: expect.stringMatching(/[а-я]/i) });
  });

  it("name the fields, the allowed methods and the time to wait", () => {
    expect(JSON.parse(refuse({ kind: "malformed", message: "Нет", fields: { name: ["длинно"] } }).body).errors).toEqual({
      name: ["длинно"],
    });
    // A body that nobody could read has no fields to name, and is named itself.
    expect(JSON.parse(refuse({ kind: "malformed", message: "Нет", fields: {} }).body).errors).toEqual({ body: ["Нет"] });
    expect(refuse({ kind: "method_not_allowed", allowed: ["POST"] }).headers["allow"]).toBe("POST, OPTIONS");
    expect(refuse({ kind: "rate_limited", retryAfterSeconds: 7 }).headers["retry-after"]).toBe("7");
    expect(refuse({ kind: "unavailable" }).headers["retry-after"]).toBe("60");
  });

  it("come with status 200 to a script tag, which reads no other", () => {
    const reply = refuse({ kind: "unknown_token" }, get("/ctm/form/send", { callback: "a.b$_1" }));
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({ "content-type": "application/javascript; charset=utf-8", "x-content-type-options": "nosniff" });
    expect(reply.body).toMatch(/^\/\*\*\/a\.b\$_1\(\{"ans":"false".*\}\);$/);
  });

  it("stay JSON when the callback is no name (L3)", () => {
    for (const callback of ["alert(1)", "1a", "a-b", "a b", "я", "x".repeat(65), "</script>"]) {
      const reply = refuse({ kind: "malformed", message: "Нет", fields: {} }, get("/ctm/form/send", { callback }));
      expect([reply.status, reply.headers["content-type"]]).toEqual([422, "application/json; charset=utf-8"]);
    }
  });

  it("are told to each sender in its own shape", () => {
    expect(refuse({ kind: "unknown_token" }, post("/tilda"))).toMatchObject({
      status: 401,
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
    expect(refuse({ kind: "wrong_token" }, post("/vk")).body).toContain("VK");
    expect(JSON.parse(refuse({ kind: "wrong_token" }, post("/google")).body)).toEqual({ message: expect.stringContaining("google_key") });
    expect(JSON.parse(refuse({ kind: "wrong_token" }, get("/public/managers/get")).body).error).toBe("secret_token_invalid");
  });
});

describe("pages of other sites (L5)", () => {
  it("may read the form and the public lists, errors included", () => {
    for (const path of [
      "/ctm/form/send",
      "/public/funnels/get",
      "/public/deal/get-custom-fields",
      "/crm/api_new/public/ctm/form/send",
      "/generic",
      "/",
    ]) {
      expect(refuse({ kind: "no_token" }, post(path)).headers["access-control-allow-origin"], path).toBe("*");
      const preflight = before("OPTIONS", path);
      expect(preflight?.status).toBe(204);
      expect(preflight?.headers).toMatchObject({
        "access-control-allow-origin": "*",
        "access-control-max-age": "86400",
        "access-control-allow-headers": expect.stringContaining("Content-Type"),
      });
      expect(preflight?.headers["access-control-allow-credentials"]).toBeUndefined();
    }
  });

  it("may never read the managers: not by CORS, not by a script tag", () => {
    for (const path of ["/public/managers/get", "/public/managers/get/", "/crm/api_new/public/public/managers/get"]) {
      const preflight = before("OPTIONS", path);
      expect(preflight?.status).toBe(204);
      expect(Object.keys(preflight?.headers ?? {})).toEqual(["allow"]);
      const refusal = refuse({ kind: "wrong_token" }, get(path, { callback: "cb" }));
      expect(refusal.status).toBe(401);
      expect(refusal.headers["access-control-allow-origin"]).toBeUndefined();
    }
  });
});

describe("requests nobody made on purpose (L13)", () => {
  it("HEAD does nothing", () => {
    expect(before("HEAD", "/ctm/form/send")).toMatchObject({ status: 405, body: "" });
  });

  it("a prefetch of the form is refused; of the script it is not", () => {
    for (const headers of [{ purpose: "prefetch" }, { "sec-purpose": "prefetch;prerender" }, { "x-moz": "prefetch" }]) {
      expect(before("GET", "/ctm/form/send", headers)?.status).toBe(403);
      expect(before("GET", "/form.js", headers)).toBeUndefined();
    }
    expect(before("GET", "/ctm/form/send")).toBeUndefined();
    expect(before("POST", "/ctm/form/send")).toBeUndefined();
  });

  it("nothing is ever cached", () => {
    expect(refuse({ kind: "internal" }).headers["cache-control"]).toBe("no-store");
  });
});
