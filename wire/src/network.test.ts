import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { mayHaveArrived, overFetch, readJson } from "./network.ts";

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    if (request.url === "/never") return;
    if (request.url === "/elsewhere") response.writeHead(302, { location: "/" }).end();
    else response.writeHead(200, { "X-Method": request.method }).end(Buffer.concat(chunks));
  });
});
let url = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const send = overFetch(fetch);

it("makes a way out of a standard fetch, for text and for bytes, and follows no redirect", async () => {
  expect(await send({ method: "POST", url, body: "привет" })).toMatchObject({
    ...{ status: 200, body: "привет", headers: { "x-method": "POST" } },
  });
  expect((await send({ method: "PUT", url, bytes: new TextEncoder().encode("bytes") })).body).toBe("bytes");
  expect(await send({ method: "GET", url: `${url}/elsewhere` })).toMatchObject({ status: 302, headers: { location: "/" } });
});

it("does not know whether a request without an answer has arrived, and knows that one without a connection has not", async () => {
  const late = await send({ method: "POST", url: `${url}/never`, timeoutSeconds: 0.05 }).catch((error: unknown) => error);
  expect([late instanceof Error, mayHaveArrived(late)]).toEqual([true, true]);
  const broken = (code: string): Error => new TypeError("fetch failed", { cause: Object.assign(new Error(code), { code }) });
  expect(["ECONNREFUSED", "ENOTFOUND", "CERT_HAS_EXPIRED"].map((code) => mayHaveArrived(broken(code)))).toEqual([false, false, false]);
  expect(["ECONNRESET", "EPIPE", "UND_ERR_HEADERS_TIMEOUT"].map((code) => mayHaveArrived(broken(code)))).toEqual([true, true, true]);
});

it("takes several addresses of a name for not reached only when none was", () => {
  const of = (...codes: string[]) =>
    new TypeError("fetch failed", { cause: new AggregateError(codes.map((code) => Object.assign(new Error(code), { code }))) });
  expect([mayHaveArrived(of("ECONNREFUSED", "ENETUNREACH")), mayHaveArrived(of("ECONNREFUSED", "ECONNRESET"))]).toEqual([false, true]);
});

it("reads JSON, and knows what is none", () => {
  expect([readJson('{"a":1}'), readJson("<html>"), readJson("null")]).toEqual([{ a: 1 }, undefined, null]);
});
