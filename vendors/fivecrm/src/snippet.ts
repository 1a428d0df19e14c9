import { readFileSync } from "node:fs";
import type { InboundRequest, Received } from "@svyazka/core";
import { door } from "./door.ts";
import { plain, script } from "./replies.ts";
import type { Site } from "./settings.ts";
import { honeypotOf, writeRenderTime } from "./spam.ts";

const template = withoutComments(readFileSync(new URL("./page/site-snippet.js", import.meta.url), "utf8"));

/** The comments are for whoever reads the file here; visitors of a site need not download them. */
function withoutComments(source: string): string {
  return source
    .replace(/^\s*\/\*\*[\s\S]*?\*\/\s*$/gm, "")
    .replace(/^\s*\/\/.*$/gm, "")
    .replace(/^[ \t]+/gm, "")
    .replace(/\n{2,}/g, "\n");
}

/** The script for the site, with what this form needs to know (`/form.js`). Never cached: it carries the time it was given out at. */
export function receiveSnippet(request: InboundRequest, site: Site, now: Date): Received {
  const token = door.token(request) ?? site.secrets.public_token;
  const config = {
    token,
    t: writeRenderTime(site, now),
    trap: honeypotOf(site),
    path: "ctm/form/send",
    ru: site.workspace.language === "ru",
  };
  if (!template.includes("__CONFIG__")) return { page: plain("snippet has no place for its settings", 500) };
  return { page: script(template.replace("__CONFIG__", () => JSON.stringify(config))) };
}
