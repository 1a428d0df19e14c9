import type { Reply } from "@svyazka/core";
import type { Login } from "./protocol.ts";

/** The pages on which a person lets a CRM in, when it came without a login (seed). Plain HTML: they must work in any browser and without scripts. */

const words = {
  ru: {
    title: "Подключение CRM к АТС",
    ask: (crm: string, host: string) =>
      `Программа «${crm}» (${host}) просит доступ к вашей АТС: она будет узнавать о каждом звонке и сможет звонить.`,
    login: "Логин администратора АТС",
    password: "Пароль",
    allow: "Разрешить",
    wrong: "Неверный логин или пароль.",
    done: "CRM подключена",
    token: "Если CRM спросит ключ АТС, вот он. Больше он показан не будет:",
    back: "Вернуться в CRM",
  },
  en: {
    title: "Attach a CRM to the PBX",
    ask: (crm: string, host: string) =>
      `The program "${crm}" (${host}) asks for access to your PBX: it will be told of every call and may call.`,
    login: "Login of the PBX's administrator",
    password: "Password",
    allow: "Allow",
    wrong: "Wrong login or password.",
    done: "The CRM is attached",
    token: "If the CRM asks for the key of the PBX, here it is. It will not be shown again:",
    back: "Back to the CRM",
  },
};
export type Language = keyof typeof words;

/** Asks a person for the login of the PBX. What the CRM sent goes along in the form and not in the address: it holds a secret. */
export function signInPage(login: Login, language: Language, isWrong: boolean): Reply {
  const text = words[language];
  const kept = {
    crm_code: login.crmCode,
    crm_token: login.crmToken,
    url: login.url,
    redirect_url: login.redirectUrl ?? "",
    ...(login.selfMap && { self_map: "true" }),
  };
  return page(
    isWrong ? 401 : 200,
    text.title,
    language,
    `<p>${quote(text.ask(login.crmCode, URL.parse(login.url)?.host ?? login.url))}</p>
    ${isWrong ? `<p role="alert" class="wrong">${text.wrong}</p>` : ""}
    <form method="post">
      ${Object.entries(kept)
        .map(([name, value]) => `<input type="hidden" name="${name}" value="${quote(value)}">`)
        .join("\n      ")}
      <input type="hidden" name="consent" value="yes">
      <label>${text.login}<input name="login" required autocomplete="username"></label>
      <label>${text.password}<input name="password" type="password" required autocomplete="current-password"></label>
      <button>${text.allow}</button>
    </form>`,
  );
}

/** The end of the settings: the key, and the way back to where the CRM wants the person. */
export function attachedPage(token: string, redirectUrl: string, language: Language): Reply {
  const text = words[language];
  return page(
    200,
    text.done,
    language,
    `<p>${text.token}</p><p><code>${quote(token)}</code></p><p><a class="button" href="${quote(redirectUrl)}">${text.back}</a></p>`,
  );
}

const page = (status: number, title: string, language: Language, body: string): Reply => ({
  status,
  headers: {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
  },
  body: `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title>
<style>
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:26rem;margin:12vh auto;padding:0 1rem}
h1{font-size:1.3rem}label{display:block;margin:.8rem 0}input:not([type=hidden]){display:block;width:100%;box-sizing:border-box;font:inherit;padding:.5rem;margin-top:.2rem}
button,.button{display:inline-block;font:inherit;padding:.6rem 1.2rem;border:0;border-radius:.4rem;background:#1f5fbf;color:#fff;text-decoration:none;cursor:pointer}
.wrong{color:#b3261e}@media(prefers-color-scheme:dark){.wrong{color:#f2b8b5}}code{word-break:break-all}
</style></head>
<body><main><h1>${title}</h1>${body}</main></body></html>
`,
});

const quote = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
