import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Refused, Unavailable } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isPublicAddress } from "./addresses.ts";
import { guardedFetch } from "./fetch.ts";

const closed = [
  "0.0.0.0",
  "0.1.2.3",
  "10.0.0.1",
  "10.255.255.255",
  "100.64.0.1",
  "100.127.255.255",
  "127.0.0.1",
  "127.8.8.8",
  "127.255.255.255",
  "169.254.0.1",
  "169.254.169.254",
  "172.16.0.1",
  "172.31.255.255",
  "192.0.0.1",
  "192.0.0.170",
  "192.0.2.1",
  "192.168.0.1",
  "192.168.255.255",
  "198.18.0.1",
  "198.19.255.255",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "239.255.255.255",
  "240.0.0.1",
  "255.255.255.255",
  "192.88.99.1",
  "::",
  "::1",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "ff02::1",
  "2001:db8::1",
  "::ffff:127.0.0.1",
  "::ffff:10.0.0.1",
  "::ffff:a9fe:a9fe",
  "64:ff9b::7f00:1",
  "64:ff9b::a00:1",
  "64:ff9b:1::1",
  "2002:7f00:1::",
  "2002:a00:1::1",
  "not an address",
  "",
];
const open = ["1.1.1.1", "8.8.8.8", "77.88.55.88", "2a02:6b8::feed:ff", "64:ff9b::808:808"];

describe("an address", () => {
  it.each(closed)("%s is not for us to ask", (address) => expect(isPublicAddress(address)).toBe(false));
  it.each(open)("%s is public", (address) => expect(isPublicAddress(address)).toBe(true));
});

describe("a request", () => {
  let hits = 0;
  const canary = createServer((request, response) => {
    hits++;
    if (request.url === "/redirect") response.writeHead(302, { location: "http://127.0.0.1/" }).end();
    else if (request.url === "/large") response.end("x".repeat(20_000));
    else if (request.url === "/slow") setTimeout(() => response.end("late"), 3000).unref();
    else response.end("here");
  });
  let port = 0;
  beforeAll(async () => {
    await new Promise<void>((resolve) => canary.listen(0, "127.0.0.1", resolve));
    port = (canary.address() as AddressInfo).port;
  });
  afterAll(() => canary.close());

  const ask = (url: string, allowPrivateAddresses = false, more: object = {}) =>
    guardedFetch({ method: "GET", url, ...more }, { allowPrivateAddresses, maxReplyBytes: 10_000 });

  it.each([
    "127.0.0.1",
    "localhost",
    "2130706433",
    "0x7f000001",
    "0177.0.0.1",
    "127.1",
    "0",
    "[::1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
  ])("to %s never reaches us, however the address is spelt", async (host) => {
    await expect(ask(`http://${host}:${port}/`)).rejects.toThrow(Refused);
    expect(hits).toBe(0);
  });

  it("is let through when the connection allows it, and its redirect is an answer, not a way round", async () => {
    expect((await ask(`http://127.0.0.1:${port}/`, true)).body).toBe("here");
    expect(await ask(`http://127.0.0.1:${port}/redirect`, true)).toMatchObject({ status: 302, headers: { location: "http://127.0.0.1/" } });
  });

  it("ends at its limits of size and time", async () => {
    await expect(ask(`http://127.0.0.1:${port}/large`, true)).rejects.toThrow(/larger than/);
    await expect(ask(`http://127.0.0.1:${port}/slow`, true, { timeoutSeconds: 0.3 })).rejects.toThrow(Unavailable);
  });

  it("to something that is no web address is refused", async () => {
    for (const url of ["file:///etc/passwd", "ftp://example.com", "gopher://x", "nonsense", ""])
      await expect(ask(url)).rejects.toThrow(Refused);
  });

  it("to an address that cannot be read is refused without its path, in which a bot has its token", async () => {
    for (const url of ["http://exa%mple/bot123:SECRET/getMe", "http://user:SECRET@[x/", "htp//example/bot123:SECRET", "[::x?key=SECRET"]) {
      const refused = await ask(url).catch((error: Error) => error);
      expect(refused).toBeInstanceOf(Refused);
      expect(String(refused)).not.toContain("SECRET");
    }
  });

  it("to a closed port can be tried again", async () => {
    await expect(ask("http://127.0.0.1:1/", true)).rejects.toThrow(Unavailable);
  });
});
