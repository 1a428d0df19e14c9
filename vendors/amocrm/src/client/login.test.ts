import { describe, expect, it } from "vitest";
import { authorizeLink, isAmoHost, originOf, readConsent, readDisabling, readDisposableToken } from "../client.ts";
import { disableSignature, writeJwt } from "../protocol.ts";

const credentials = { clientId: "client-uuid", clientSecret: "secret", redirectUri: "https://example.com/callback" };

describe("consent", () => {
  it("is asked for at amoCRM, and its answer is read", () => {
    expect(authorizeLink({ clientId: "client-uuid", state: "a b" })).toBe(
      "https://www.amocrm.ru/oauth?client_id=client-uuid&state=a+b&mode=popup",
    );
    expect(readConsent(new URLSearchParams("code=c&referer=sub.amocrm.ru&state=s&platform=1"))).toEqual({
      ...{ isGiven: true, code: "c", domain: "sub.amocrm.ru", state: "s", isFromWidget: false },
    });
    expect(readConsent(new URLSearchParams("code=c&referer=sub.kommo.com&from_widget=1"))).toMatchObject({
      isFromWidget: true,
      state: undefined,
    });
    expect(readConsent(new URLSearchParams("error=access_denied&state=s"))).toEqual({ isGiven: false, error: "access_denied", state: "s" });
  });

  it.each([
    "evil.example",
    "amocrm.ru.evil.example",
    "evilamocrm.ru",
    "amocrm.ru",
    "sub.amocrm.ru@evil.example",
    "evil.example/x.amocrm.ru",
    "sub.amocrm.ru:81",
    "",
  ])("is none from %j: the client secret would go there", (host) => {
    expect(isAmoHost(host)).toBe(false);
    expect(readConsent(new URLSearchParams({ code: "c", referer: host }))).toBeUndefined();
  });

  it("a domain is taken with and without its scheme", () => {
    expect(originOf("sub.amocrm.ru")).toBe("https://sub.amocrm.ru");
    expect(originOf("http://127.0.0.1:5/x")).toBe("http://127.0.0.1:5");
    expect(() => originOf("no domain")).toThrow(TypeError);
  });
});

describe("an integration that is switched off", () => {
  it("is told by a call with amoCRM's signature, and by no other", () => {
    // The documents' own vector.
    expect(disableSignature("client-uuid", 12345, "secret")).toBe("f64a55b66d21908344b9d1802ee2e720953979b4033bb7a7431c2da91f868758");
    const query = { account_id: "12345", client_uuid: "client-uuid", signature: disableSignature("client-uuid", 12345, "secret") };
    expect(readDisabling(new URLSearchParams(query), credentials)).toEqual({ accountId: 12345 });
    const { client_uuid: client_id, ...rest } = query;
    expect(readDisabling(new URLSearchParams({ ...rest, client_id }), credentials)).toEqual({ accountId: 12345 });
    for (const wrong of [
      { account_id: "12346" },
      { signature: "" },
      { signature: `${query.signature}0` },
      { client_uuid: "other" },
      { account_id: "x" },
    ])
      expect(readDisabling(new URLSearchParams({ ...query, ...wrong }), credentials)).toBeUndefined();
  });
});

describe("a widget's token", () => {
  const claims = { account_id: 1, user_id: 2, subdomain: "sub", client_uuid: "client-uuid", iat: 1000, nbf: 1000, exp: 2800 };

  it("names the user while it is good and for us", () => {
    expect(readDisposableToken(writeJwt(claims, "secret"), credentials, 1500)).toEqual({
      accountId: 1,
      userId: 2,
      subdomain: "sub",
      expiresAt: 2800,
    });
  });

  it("is nobody's when it is over, not begun, another integration's, signed by somebody else, or not signed", () => {
    const token = writeJwt(claims, "secret");
    const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${token.split(".")[1]}.`;
    for (const [text, now] of [
      [token, 2800],
      [token, 900],
      [writeJwt({ ...claims, client_uuid: "other" }, "secret"), 1500],
      [writeJwt(claims, "other"), 1500],
      [unsigned, 1500],
      [writeJwt({ ...claims, user_id: "2" }, "secret"), 1500],
      ["", 1500],
      ["a.b.c", 1500],
    ] as const)
      expect(readDisposableToken(text, credentials, now), text).toBeUndefined();
  });
});
