import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import files from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const built = fileURLToPath(new URL("../../console/dist/", import.meta.url));

/**
 * Where the console's pages begin. Named one by one, so that none of them hides a path of a vendor's documents:
 * the doors of vendors stand at the root as well.
 */
export const consolePaths = [
  "/sign-in",
  "/setup",
  "/start",
  "/invitation",
  "/deals",
  "/contacts",
  "/companies",
  "/tasks",
  "/calls",
  "/inbox",
  "/reports",
  "/import",
  "/duplicates",
  "/trash",
  "/connections",
  "/routes",
  "/journal",
  "/deliveries",
  "/settings",
  "/profile",
] as const;

const yearSeconds = 31_536_000;

// Styles are computed by the components; everything else comes from the hub itself. Recordings may lie at a PBX, avatars anywhere; a softphone speaks to its exchange.
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self'",
  "img-src 'self' data: blob: https:",
  "media-src 'self' blob: https: http:",
  "connect-src 'self' wss: ws:",
  "frame-src 'self'",
  "manifest-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The console: its page at every address of its screens, its parts below `/console/`. */
export async function serveConsole(app: FastifyInstance): Promise<void> {
  const page = existsSync(`${built}index.html`) ? readFileSync(`${built}index.html`, "utf8") : undefined;
  const answer = (_request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    reply
      .type("text/html; charset=utf-8")
      .header("content-security-policy", policy)
      .header("referrer-policy", "no-referrer")
      .header("x-content-type-options", "nosniff")
      .header("cache-control", "no-cache");
    return page === undefined ? reply.code(503).send(notBuilt) : reply.send(page);
  };
  app.get("/", answer);
  for (const path of consolePaths) {
    app.get(path, answer);
    app.get(`${path}/*`, answer);
  }
  if (page === undefined) return;
  await app.register(files, {
    root: `${built}console`,
    prefix: "/console/",
    decorateReply: false,
    preCompressed: true,
    index: false,
    cacheControl: false,
    setHeaders: (reply, path) => {
      // Most names carry a hash of what is in them.
      const lasting = /-[\w-]{8}\.\w+(\.br|\.gz)?$/.test(path);
      void reply.header("cache-control", lasting ? `public, max-age=${yearSeconds}, immutable` : "no-cache");
      void reply.header("x-content-type-options", "nosniff");
    },
  });
}

const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Svyazka</title>
<p>The console has not been built yet: run <code>npm run build</code> and start the hub again. <a href="/docs">/docs</a> describes the API.</p></html>`;
