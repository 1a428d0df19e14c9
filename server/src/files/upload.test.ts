import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { PassThrough } from "node:stream";
import { expect, it } from "vitest";
import { type Upload, withUpload } from "./upload.ts";

const boundary = "----boundary";
const part = (name: string, bytes: string) =>
  `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${name}"\r\n\r\n${bytes}`;
const form = (body: PassThrough): Upload => ({
  ...{ raw: undefined as never, body },
  headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
});
const openFiles = (): string[] =>
  readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)].filter((path) => path.includes("svyazka-upload-"));
    } catch {
      return [];
    }
  });

it("a file that is sent lies there while it is worked on, under the name that it came with", async () => {
  const body = new PassThrough();
  body.end(`${part("план.txt", "hello")}\r\n--${boundary}--\r\n`);
  expect(await withUpload(form(body), 100, async (path, name) => [readFileSync(path, "utf8"), name])).toEqual(["hello", "план.txt"]);
  expect(openFiles()).toEqual([]);
});

it.runIf(existsSync("/proc/self/fd"))(
  "whoever hangs up in the middle of a file, or sends too much, leaves nothing open behind",
  async () => {
    const body = new PassThrough();
    const taken = withUpload(form(body), 100, async () => "whole");
    body.write(part("half.txt", "hel"));
    while (openFiles().length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    body.destroy(new Error("the connection was reset"));
    await expect(taken).rejects.toThrow("reset");
    expect(openFiles()).toEqual([]);
    const large = new PassThrough();
    large.end(`${part("large.txt", "x".repeat(1_000))}\r\n--${boundary}--\r\n`);
    await expect(withUpload(form(large), 100, async () => "whole")).rejects.toThrow("larger");
    expect(openFiles()).toEqual([]);
  },
);
