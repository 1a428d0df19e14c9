import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { factFrom, get, post, receive, replyOf, site } from "../testkit/site.ts";
import { door } from "./door.ts";
import { type EndpointName, endpoints, pathsOf } from "./protocol.ts";

const folder = new URL("../fixtures/", import.meta.url);
const read = (file: string): string => readFileSync(new URL(file, folder), "utf8");
const fileOf = (name: EndpointName): string => name.replaceAll("/", "-");
const names = Object.keys(endpoints) as EndpointName[];

describe("the page of the API, word for word", () => {
  it("has a fixture for every endpoint, and an endpoint for every fixture", () => {
    const requests = readdirSync(folder).filter((file) => file.endsWith(".request.txt"));
    expect(requests.sort()).toEqual(names.map((name) => `${fileOf(name)}.request.txt`).sort());
  });

  it.each(names)("%s has the methods and the limits that the page gives", (name) => {
    const [url, methods, , ...fields] = read(`${fileOf(name)}.request.txt`)
      .trim()
      .split("\n");
    expect(url).toBe(`Request URL ${name}`);
    expect(methods).toBe(`Methods ${endpoints[name].methods.join(", ")}`);
    const rules = endpoints[name].rules as ReadonlyMap<string, { max?: number; integer?: true }>;
    for (const line of fields) {
      const [field = "", kind, max] = line.split(" ");
      expect(rules.get(field), line).toEqual(kind === "integer" ? { integer: true } : max ? { max: Number(max.slice(4)) } : {});
    }
  });

  it.each(names.filter((name) => (endpoints[name].methods as readonly string[]).includes("POST")))("%s answers as on the page", (name) => {
    const reply = replyOf(receive(post(`/${name}`, { public_token: "public", name: "Иван" })));
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.body)).toEqual(JSON.parse(read(`${fileOf(name)}.output.json`)));
  });

  it("funnels/get answers the page's own sample", () => {
    const one = { ...site, directory: { ...site.directory, pipelines: site.directory.pipelines.slice(0, 1) } };
    const reply = replyOf(receive(get("/public/funnels/get", { public_token: "public" }), one));
    expect(JSON.parse(reply.body)).toEqual(JSON.parse(read("public-funnels-get.output.json")));
  });

  it("deal/get-custom-fields answers the page's own sample", () => {
    const reply = replyOf(receive(get("/public/deal/get-custom-fields", { public_token: "public" })));
    expect(JSON.parse(reply.body)).toEqual(JSON.parse(read("public-deal-get-custom-fields.output.json")));
  });

  it("managers/get answers the page's sample, which is not JSON, with its words and digits quoted", () => {
    const quoted = read("public-managers-get.output.txt")
      .replace(/([{,] ?)(id|name|phone|email|ava):/g, '$1"$2":')
      .replace(/: ?(Ivanov|790000000|test@example\.com)/g, ': "$1"');
    const reply = replyOf(receive(get("/public/managers/get", { public_token: "public", secret_token: "secret" })));
    expect(JSON.parse(reply.body)).toEqual(JSON.parse(quoted));
  });

  it("takes every field of the page on every endpoint, at its longest", () => {
    for (const name of names.filter((each) => (endpoints[each].methods as readonly string[]).includes("POST"))) {
      const form: Record<string, string> = { public_token: "public" };
      for (const [field, rule] of endpoints[name].rules as ReadonlyMap<string, { max?: number; integer?: true }>)
        form[field] = rule.integer ? "1" : "ж".repeat(rule.max ?? 300);
      if ("date_expired" in form) form["date_expired"] = "2026-03-02";
      expect(factFrom(post(`/${name}`, form)).reply.body, name).toBe('{"ans":"true"}');
    }
  });
});

describe("the addresses", () => {
  it("are served at the root, below the old prefix with its doubled and single public, and with a slash at the end", () => {
    const served = door.routes.filter((route) => !route.inboundOnly).map(({ path }) => path);
    for (const path of [
      "/ctm/form/send",
      "/ctm/form/send/",
      "/crm/api_new/public/ctm/form/send",
      "/public/deal/add",
      "/crm/api_new/public/deal/add",
      "/crm/api_new/public/public/deal/add",
      "/crm/api_new/public/public/deal/add/",
    ]) {
      expect(served).toContain(path);
    }
    expect(new Set(served).size).toBe(served.length);
    for (const name of names) for (const path of pathsOf(name)) expect(served).toContain(path);
  });
});
