import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ConnectionId, WorkspaceId } from "@svyazka/core";
import { Refused, Unavailable } from "@svyazka/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestHub, testHub } from "../../testkit/hub.ts";
import { KeyRing } from "../connections/secrets.ts";
import { audioType } from "./audio-type.ts";
import { keepFile } from "./keep.ts";
import { recordings } from "./kinds.ts";
import { fileLink, isFileLink } from "./link.ts";

const wav = Buffer.concat([Buffer.from("RIFF\x24\x08\x00\x00WAVEfmt ", "latin1"), Buffer.alloc(2000, 7)]);
let answer: { status: number; body: Buffer } = { status: 200, body: wav };
let asked = 0;
const far = createServer((_request, response) => {
  asked++;
  response.writeHead(answer.status).end(answer.body);
});
let hub: TestHub;
let url = "";
let workspace: WorkspaceId;
beforeAll(async () => {
  await new Promise<void>((resolve) => far.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(far.address() as AddressInfo).port}`;
  hub = await testHub();
  workspace = (await hub.addWorkspace("files")).id as WorkspaceId;
});
afterAll(async () => {
  await hub.close();
  far.close();
});

const keep = (path: string, limits = { allowPrivateAddresses: true }) =>
  keepFile(
    { pool: hub.test.database, directory: hub.filesDir },
    { workspace, connection: 1 as ConnectionId, source: url + path },
    async () => ({ method: "GET", url: url + path }),
    { days: 1, limits, kind: recordings },
  );

describe("a recording", () => {
  it("is copied once, whoever asks and how often", async () => {
    asked = 0;
    const [one, other] = await Promise.all([keep("/one.wav"), keep("/one.wav")]);
    expect(one).toMatchObject({ type: "audio/wav", bytes: wav.length });
    expect(other).toEqual(one);
    expect(await keep("/one.wav")).toEqual(one);
    expect(asked).toBeLessThanOrEqual(2);
  });

  it("that is not there yet, or is a page in its place, is asked for later", async () => {
    for (const not of [
      { status: 404, body: Buffer.from("not found") },
      { status: 401, body: Buffer.from("") },
      { status: 200, body: Buffer.from("<!doctype html>wait") },
      { status: 200, body: Buffer.alloc(0) },
    ]) {
      answer = not;
      await expect(keep("/later.wav")).rejects.toThrow(Unavailable);
    }
    answer = { status: 200, body: wav };
    expect(await keep("/later.wav")).toMatchObject({ type: "audio/wav" });
  });

  it("is not asked for at a private address unless the connection allows it", async () => {
    await expect(keep("/private.wav", { allowPrivateAddresses: false })).rejects.toThrow(Refused);
  });
});

describe("the address of a file", () => {
  const get = async (path: string, range?: string) => {
    const reply = await fetch(hub.url + path, range === undefined ? {} : { headers: { range } });
    return { status: reply.status, headers: reply.headers, body: Buffer.from(await reply.arrayBuffer()) };
  };
  const link = async () => fileLink(hub.keys, workspace, (await keep("/linked.wav")).id, new Date());

  it("opens it, whole and in parts", async () => {
    const path = await link();
    const whole = await get(path);
    expect([whole.status, whole.headers.get("content-type"), whole.body.equals(wav)]).toEqual([200, "audio/wav", true]);
    expect(whole.headers.get("x-content-type-options")).toBe("nosniff");
    for (const [range, from, to] of [
      ["bytes=0-99", 0, 100],
      ["bytes=100-", 100, wav.length],
      ["bytes=-50", wav.length - 50, wav.length],
      ["bytes=1900-99999", 1900, wav.length],
    ] as const) {
      const part = await get(path, range);
      expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes ${from}-${to - 1}/${wav.length}`]);
      expect(part.body.equals(wav.subarray(from, to))).toBe(true);
    }
    expect((await get(path, "bytes=99999-")).status).toBe(416);
    expect((await get(path, "bytes=5-1")).status).toBe(416);
    expect((await get(path, "lines=1-2")).status).toBe(200);
  });

  it("opens nothing when anything in it is changed, or its day is over", async () => {
    const path = await link();
    for (const wrong of [
      path.replace(/sign=./, "sign=x"),
      path.replace(/until=\d/, "until=9"),
      path.split("?")[0] ?? "",
      path.replace(`/files/${workspace}/`, "/files/999/"),
    ])
      expect((await get(wrong)).status, wrong).toBe(403);
    const keys = new KeyRing(Buffer.alloc(32));
    const [, until, sign] = /until=(\d+)&sign=(.+)/.exec(fileLink(keys, workspace, "x", new Date(0))) ?? [];
    const query = { until: until ?? "", sign: sign ?? "" };
    expect(isFileLink(keys, workspace, "x", query, new Date(23 * 3_600_000))).toBe(true);
    expect(isFileLink(keys, workspace, "x", query, new Date(25 * 3_600_000))).toBe(false);
  });
});

it.each<[string, Buffer, string | undefined]>([
  ["WAV", wav, "audio/wav"],
  ["MP3 with a tag", Buffer.from("ID3\x04"), "audio/mpeg"],
  ["MP3 frames", Buffer.from([0xff, 0xfb, 0x90, 0x64]), "audio/mpeg"],
  ["Ogg", Buffer.from("OggS"), "audio/ogg"],
  ["MP4", Buffer.from("\x00\x00\x00\x20ftypM4A "), "audio/mp4"],
  ["a page", Buffer.from("<!doctype html>"), undefined],
  ["a picture", Buffer.from([0xff, 0xd8, 0xff, 0xe0]), undefined],
  ["nothing", Buffer.alloc(0), undefined],
])("a file is told by its first bytes: %s", (_, head, type) => {
  expect(audioType(head)).toBe(type);
});
