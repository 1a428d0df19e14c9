import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { factFrom, get, now, post, receive, replyOf, site, siteWith } from "../testkit/site.ts";
import { fivecrm } from "./adapter.ts";
import { honeypotOf } from "./spam.ts";

const page = (to = site) => replyOf(receive(get("/form.js"), to));

describe("the site snippet", () => {
  it("is a script that is never cached, opens on any site, and is not a line in the journal", () => {
    expect(receive(get("/form.js"))).toHaveProperty("page");
    expect(page().headers).toMatchObject({
      "content-type": "application/javascript; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "access-control-allow-origin": "*",
    });
  });

  it("is under 4 KB on the wire, parses, and evaluates nothing", () => {
    const { body } = page();
    expect(gzipSync(body).length).toBeLessThan(4096);
    expect(() => new Function(body)).not.toThrow();
    expect(body).not.toMatch(/\beval\b|new Function|innerHTML|document\.write|setAttribute\("style"/);
    expect(body).not.toContain("__CONFIG__");
  });

  it("knows its token, its honeypot and a render time that the door accepts", () => {
    const config = JSON.parse(/const config = (\{.*?\});/.exec(page().body)?.[1] ?? "{}") as Record<string, string>;
    expect(config).toMatchObject({ token: "public", trap: honeypotOf(site), path: "ctm/form/send", ru: false });
    const form = { name: "Иван", _snippet: "1", _t: config["t"] ?? "", [honeypotOf(site)]: "" };
    expect(factFrom(post("/ctm/form/send", form), site, new Date(now.getTime() + 10_000)).hold).toBeUndefined();
  });

  it("puts a token with signs in it safely", () => {
    const { body } = page(siteWith({ secrets: { public_token: 'a$&b"</script>' } }));
    expect(() => new Function(body)).not.toThrow();
    expect(body).toContain('"a$&b\\"</script>"');
  });

  it("is named among the addresses, with a line ready to paste", () => {
    expect(fivecrm.urls?.(site, "https://hub.example")).toEqual({
      inbound: "https://hub.example/in/public",
      form_send: "https://hub.example/in/public/ctm/form/send",
      tilda: "https://hub.example/in/public/tilda",
      vk: "https://hub.example/in/public/vk",
      google: "https://hub.example/in/public/google",
      generic: "https://hub.example/in/public/generic",
      snippet: "https://hub.example/in/public/form.js",
      snippet_html: '<script async src="https://hub.example/in/public/form.js"></script>',
    });
  });
});
