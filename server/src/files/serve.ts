import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { WorkspaceId } from "@svyazka/core";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { Hub } from "../hub.ts";
import { pathOf } from "./keep.ts";
import { isShown } from "./kinds.ts";
import { isFileLink } from "./link.ts";

/** `/files/<workspace>/<id>?until=…&sign=…`: a kept file for whoever has a valid address, in whole or in part. */
export function serveFiles(app: FastifyInstance, hub: Hub): void {
  app.get<{ Params: { workspace: string; id: string }; Querystring: { until?: string; sign?: string } }>(
    "/files/:workspace/:id",
    { schema: { hide: true } as object },
    async ({ params, query, headers }, reply) => {
      const workspace = Number(params.workspace) as WorkspaceId;
      if (!isFileLink(hub.keys, workspace, params.id, query, new Date()))
        return reply.code(403).type("text/plain; charset=utf-8").send("403: this address has expired, or is not one of ours\n");
      const [file] = await hub.pool.in(workspace).query<{ type: string; name: string | null }>({
        name: "file",
        text: "select type, name from hub.file where workspace = $1 and id = $2 and expires_at > now()",
        values: [workspace, params.id],
      });
      const path = pathOf(hub.config.FILES_DIR, workspace, params.id);
      const size = file && (await stat(path).catch(() => undefined))?.size;
      if (file === undefined || size === undefined)
        return reply.code(404).type("text/plain; charset=utf-8").send("404: the file is no longer kept\n");
      reply.headers({
        "content-type": isShown(file.type) ? file.type : "application/octet-stream",
        "content-disposition": disposition(file),
        "accept-ranges": "bytes",
        "cache-control": "private, max-age=3600",
        // Whatever lies in it, it is a picture, a sound or a film, or is not opened here at all.
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; media-src 'self'; img-src 'self'; sandbox",
        "cross-origin-resource-policy": "same-site",
      });
      return sendPart(reply, path, size, headers.range);
    },
  );
}

/** By RFC 6266: the name that it was sent with, in letters that every browser reads. */
function disposition({ type, name }: { readonly type: string; readonly name: string | null }): string {
  const how = isShown(type) ? "inline" : "attachment";
  if (name === null) return how;
  const clean = name.replaceAll(/[\p{Cc}\p{Cf}"\\/]/gu, "_");
  return `${how}; filename="${clean.replaceAll(/[^ -~]/g, "_")}"; filename*=UTF-8''${encodeURIComponent(clean).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)}`;
}

/** One range, as players ask for it; anything else is answered with the whole (RFC 9110 §14.2 allows that). */
function sendPart(reply: FastifyReply, path: string, size: number, range: string | undefined): FastifyReply {
  const [, from = "", to = ""] = /^bytes=(\d*)-(\d*)$/.exec(range ?? "") ?? [];
  if (from === "" && to === "") return reply.header("content-length", size).send(createReadStream(path));
  const start = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (start > end || start >= size) return reply.code(416).header("content-range", `bytes */${size}`).send();
  return reply
    .code(206)
    .headers({ "content-range": `bytes ${start}-${end}/${size}`, "content-length": end - start + 1 })
    .send(createReadStream(path, { start, end }));
}
