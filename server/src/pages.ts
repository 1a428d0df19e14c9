import { readFileSync } from "node:fs";
import type { FastifyInstance } from "fastify";
import type { Hub } from "./hub.ts";

const page = (name: string): string => readFileSync(new URL(`../pages/${name}`, import.meta.url), "utf8");

/** The pages that are needed before anyone can sign in: a front page, the one-time set-up, an invitation. */
export async function servePages(app: FastifyInstance, _hub: Hub): Promise<void> {
  const csp =
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
  const files = { "/": "index.html", "/setup": "setup.html", "/invitation": "invitation.html" } as const;
  for (const [url, file] of Object.entries(files)) {
    const html = page(file);
    app.get(url, (_request, reply) =>
      reply.type("text/html; charset=utf-8").header("content-security-policy", csp).header("referrer-policy", "no-referrer").send(html),
    );
  }
  const script = page("forms.js");
  app.get("/pages/forms.js", (_request, reply) =>
    reply.type("text/javascript; charset=utf-8").header("x-content-type-options", "nosniff").send(script),
  );
  const style = page("style.css");
  app.get("/pages/style.css", (_request, reply) => reply.type("text/css; charset=utf-8").send(style));
}
