import { type InboundRequest, type Kit, type Language, type Reply, Unavailable } from "@svyazka/core";
import type { Integration } from "../settings.ts";
import { grantsOf } from "./grants.ts";

/** `/oauth`: a person of ours lets an integration in. Whoever does so signs in here, each time: nobody is led into it by somebody else's page. */

interface Words {
  readonly title: string;
  readonly wants: string;
  readonly email: string;
  readonly password: string;
  readonly allow: string;
  readonly refuse: string;
  readonly wrong: string;
  readonly onlyAdmin: string;
  readonly tooMany: string;
}

const words: Readonly<Record<Language, Words>> = {
  ru: {
    title: "Доступ к CRM",
    wants: "просит доступ к данным компании",
    email: "Почта",
    password: "Пароль",
    allow: "Разрешить",
    refuse: "Отказать",
    wrong: "Неверная почта или пароль",
    onlyAdmin: "Разрешить доступ может только администратор",
    tooMany: "Слишком много попыток, подождите немного",
  },
  en: {
    title: "Access to the CRM",
    wants: "asks for access to the data of",
    email: "E-mail",
    password: "Password",
    allow: "Allow",
    refuse: "Refuse",
    wrong: "Wrong e-mail or password",
    onlyAdmin: "Only an administrator may give access",
    tooMany: "Too many tries, wait a little",
  },
};

export const showConsent = (request: InboundRequest, integration: Integration): Reply => page(request.query, integration);

/** What the person decided: back to the integration, with a code or without. */
export async function takeConsent(request: InboundRequest, integration: Integration, kit: Kit): Promise<Reply> {
  const { state, email = "", password = "", decision } = request.form;
  const text = words[integration.workspace.language];
  if (decision === "refuse") return back(integration, { error: "access_denied", state });
  try {
    const person = await kit.signIn({ email: email.trim(), password, ip: request.ip });
    if (!person) return page(request.form, integration, text.wrong);
    if (!person.isAdmin) return page(request.form, integration, text.onlyAdmin);
    const code = await grantsOf(integration, kit).code(Number(person.id));
    const referer = URL.parse(request.origin ?? kit.publicUrl())?.host ?? "";
    return back(integration, { code, referer, state, platform: "1", client_id: integration.secrets.client_id ?? "" });
  } catch (error) {
    if (error instanceof Unavailable) return page(request.form, integration, text.tooMany, 429);
    throw error;
  }
}

function back({ settings }: Integration, parameters: Readonly<Record<string, string | undefined>>): Reply {
  const target = new URL(settings.redirect_uri ?? "");
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined && value !== "") target.searchParams.set(name, value);
  return { status: 302, headers: { location: target.toString(), "cache-control": "no-store" }, body: "" };
}

const quote = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");

function page(
  sent: Readonly<Record<string, string>>,
  { name, settings, secrets, workspace }: Integration,
  problem?: string,
  status = 200,
): Reply {
  const text = words[workspace.language];
  const hidden = ["state", "mode"].map((field) => `<input type="hidden" name="${field}" value="${quote(sent[field] ?? "")}">`).join("");
  return {
    status: problem === undefined ? status : status === 200 ? 400 : status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'none'",
    },
    body: `<!doctype html>
<html lang="${workspace.language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${quote(text.title)}</title>
<style>
:root{color-scheme:light dark}
body{font:16px/1.45 system-ui,sans-serif;margin:0;min-height:100vh;display:grid;place-items:center;background:Canvas;color:CanvasText}
main{width:min(24rem,calc(100vw - 2rem));padding:1.5rem 0}
img{width:4rem;height:4rem;border-radius:.75rem;object-fit:contain}
h1{font-size:1.25rem;margin:.75rem 0 .25rem}
p{margin:.25rem 0 1rem}
label{display:block;margin:.75rem 0 .25rem}
input{font:inherit;width:100%;box-sizing:border-box;padding:.6rem .75rem;border:1px solid GrayText;border-radius:.5rem;background:Field;color:FieldText}
button{font:inherit;padding:.65rem 1rem;border-radius:.5rem;border:1px solid GrayText;margin:1.25rem .5rem 0 0;min-height:2.75rem;cursor:pointer;background:ButtonFace;color:ButtonText}
button[value=allow]{background:#1c5fd4;border-color:#1c5fd4;color:#fff}
[role=alert]{color:#c92a2a}
@media (prefers-color-scheme:dark){[role=alert]{color:#ff8787}}
</style></head><body><main>
<img src="${quote(settings.picture ?? "")}" alt="">
<h1>${quote(name)}</h1>
<p>${quote(text.wants)} «${quote(workspace.name)}». ${quote(settings.description ?? "")}</p>
${problem === undefined ? "" : `<p role="alert">${quote(problem)}</p>`}
<form method="post" action="?client_id=${encodeURIComponent(secrets.client_id ?? "")}">${hidden}
<label for="email">${quote(text.email)}</label><input id="email" name="email" type="email" autocomplete="username" value="${quote(sent["email"] ?? "")}">
<label for="password">${quote(text.password)}</label><input id="password" name="password" type="password" autocomplete="current-password">
<button name="decision" value="allow">${quote(text.allow)}</button><button name="decision" value="refuse">${quote(text.refuse)}</button>
</form></main></body></html>
`,
  };
}
