import { describe, expect, it } from "vitest";
import { factFrom, get, now, post, postJson, receive, siteWith } from "../testkit/site.ts";
import { honeypotOf, writeRenderTime } from "./spam.ts";

const site = siteWith();
const seconds = (count: number) => new Date(now.getTime() - count * 1000);
const hold = (form: Record<string, string>, to = site, path = "/ctm/form/send") => factFrom(post(path, form), to).hold;
const shown = (ago: number, to = site) => ({ name: "Иван", _snippet: "1", _t: writeRenderTime(to, seconds(ago)) });

describe("an honest lead", () => {
  it("from curl is never held", () => {
    for (const form of [
      { name: "Ivan", phone: "+79101234567" },
      { name: "Ivan", description: "See https://example.ru/item" },
      { email: "ivan@mail.ru" },
      { name: "ivan@mail.ru" },
      { name: "А.П. Чехов" },
      { name: "John Smith Jr." },
    ]) {
      expect(hold(form), JSON.stringify(form)).toBeUndefined();
    }
    expect(factFrom(postJson("/ctm/form/send", { name: "Ivan" })).hold).toBeUndefined();
    expect(factFrom(get("/ctm/form/send", { name: "Ivan" })).hold).toBeUndefined();
  });

  it("from a page with our snippet is not held between 2 seconds and 24 hours", () => {
    for (const ago of [2, 30, 86_400]) expect(hold(shown(ago)), String(ago)).toBeUndefined();
  });
});

describe("a suspect is held with the reason, and answered as success", () => {
  it.each<[string, Record<string, string>, RegExp]>([
    ["a filled honeypot", { name: "Иван", [honeypotOf(site)]: "x" }, /hidden field/],
    ["a form filled in too fast", shown(1), /faster/],
    ["a form shown too long ago", shown(86_401), /24 hours/],
    ["a form shown in the future", shown(-3600), /future/],
    ["a render time somebody made up", { name: "Иван", _t: "1772445600.AAAAAAAAAAAAAAAA" }, /not signed/],
    ["a page of ours without a render time", { name: "Иван", _snippet: "1" }, /not signed/],
    [
      "a render time signed for another form",
      { name: "Иван", _t: writeRenderTime(siteWith({ secrets: { signing_key: "other" } }), seconds(60)) },
      /not signed/,
    ],
    ["a link for a name", { name: "Get rich http://x.y" }, /link in the name/],
    ["a domain for a name", { name: "casino-bonus.xyz" }, /link in the name/],
    ["BBCode", { name: "Иван", description: "[url=http://a]b[/url]" }, /markup/],
    ["HTML links", { description: '<a href="http://a">b</a>' }, /markup/],
    ["a heap of links", { description: "http://a http://b http://c http://d" }, /many links/],
  ])("%s", (_, form, reason) => {
    const fact = factFrom(post("/ctm/form/send", form), site);
    expect(fact.hold).toMatch(reason);
    expect(fact.reply).toMatchObject({ status: 200, body: '{"ans":"true"}' });
  });

  it("text without Cyrillic, where the owner says that the form is Russian", () => {
    const russian = siteWith({ settings: { russian_form: true } });
    expect(hold({ name: "John", description: "Hello" }, russian)).toMatch(/Cyrillic/);
    expect(hold({ name: "Иван", description: "Hello" }, russian)).toBeUndefined();
    expect(hold({ phone: "+79101234567" }, russian)).toBeUndefined();
  });

  it("on Tilda and in any form as well, but not from VK or Google, who vouch for theirs", () => {
    expect(hold({ Name: "http://x.y" }, site, "/tilda")).toMatch(/link/);
    expect(hold({ name: "http://x.y" }, site, "/generic")).toMatch(/link/);
    expect(
      factFrom(postJson("/google", { lead_id: "1", user_column_data: [{ column_id: "FULL_NAME", string_value: "www.x.y" }] })).hold,
    ).toBeUndefined();
  });
});

it("the check can be switched off", () => {
  expect(hold({ name: "http://x.y", _snippet: "1" }, siteWith({ settings: { spam_check: false } }))).toBeUndefined();
});

it("the honeypot's name is the form's own, looks random, and never reaches the lead", () => {
  expect(honeypotOf(site)).toMatch(/^h[0-9a-f]{9}$/);
  expect(honeypotOf(siteWith({ secrets: { signing_key: "other" } }))).not.toBe(honeypotOf(site));
  expect(factFrom(post("/ctm/form/send", { name: "Иван", [honeypotOf(site)]: "x" }), site).data.extras).toEqual({});
});

it("a request read again later, for a replay, is judged by the time it came", () => {
  const request = post("/ctm/form/send", shown(60));
  expect(receive(request, site, now)).toEqual(receive(request, site, now));
});
