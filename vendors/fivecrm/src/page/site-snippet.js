// @ts-check
/**
 * "Код на сайт": sends forms marked `data-svyazka` to the hub. Served by `/in/<token>/form.js` with its settings in place of __CONFIG__.
 * On the script tag: `data-forms="all"` takes every form that asks for a phone or an e-mail; `data-forms="<selector>"` takes those.
 * On a form: `data-thanks`, `data-sorry` (texts), `data-redirect` (an address to go to), `data-svyazka="off"` (leave it alone).
 * Events on the form: `svyazka:sent` and `svyazka:failed`; `preventDefault()` in a handler keeps the snippet from showing anything.
 */
/** @typedef {Record<string, string>} Data */
/** @typedef {{ans: string, message?: string}} Answer */
(() => {
  /** @type {Window & {svyazka?: {send: (data: Data) => Promise<Answer>, [callback: string]: unknown}}} */
  const w = window;
  const d = document;
  // Pasted twice, or by a tag manager as well: the first one works.
  if (w.svyazka) return;
  /** @type {{token: string, t: string, trap: string, path: string, ru: boolean}} */
  // @ts-expect-error the server puts JSON here
  const config = __CONFIG__;
  const tag = /** @type {HTMLScriptElement | null} */ (d.currentScript || d.querySelector('script[src*="/form.js"]'));
  if (!tag) return;
  const endpoint = new URL(config.path, tag.src).href;
  const wanted = tag.dataset.forms || "";
  const selector = wanted && wanted !== "all" ? wanted : "form[data-svyazka]";

  // ── Where the visitor came from ──

  /** In a frame without an origin there are none: the form is sent all the same. */
  const cookies = () => {
    try {
      return d.cookie.split("; ");
    } catch {
      return [];
    }
  };
  /** @param {string} name */
  const getCookie = (name) => {
    for (const pair of cookies()) {
      if (pair.indexOf(`${name}=`) === 0) {
        try {
          return decodeURIComponent(pair.slice(name.length + 1));
        } catch {
          return pair.slice(name.length + 1);
        }
      }
    }
    return "";
  };
  /** @param {string} name @param {string} value @param {number} days */
  const setCookie = (name, value, days) => {
    try {
      // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in half of the browsers, and on pages without https
      d.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${days * 86400}; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    } catch {
      // As above.
    }
  };
  // randomUUID is missing on pages without https.
  const newId = () => {
    let id = "";
    for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += (byte + 256).toString(16).slice(1);
    return id;
  };

  const prefix = "_five_crm_";
  const marks = ["utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term", "utm_5crm", "keyword"];
  const clicks = ["gclid", "yclid", "ymclid", "fbclid", "vkclid", "gbraid", "wbraid"];

  /** A visit by a mark, a click or somebody's link is a touch; a visit by typing the address is not, and leaves the last one standing. */
  const rememberTouch = () => {
    const query = new URLSearchParams(location.search);
    /** @type {Data} */
    const touch = {};
    for (const name of marks.concat(clicks)) {
      const value = query.get(name);
      if (value) touch[name] = value.slice(0, 255);
    }
    let from = "";
    try {
      from = new URL(d.referrer).hostname;
    } catch {
      // No referrer: typed, or hidden by its page.
    }
    if (from === location.hostname) from = "";
    const isMarked = Object.keys(touch).length > 0;
    if (!isMarked && from) {
      touch.utm_source = from;
      touch.utm_medium = "referral";
    }
    if (isMarked || from) for (const name of marks.concat(clicks)) setCookie(prefix + name, touch[name] || "", touch[name] ? 90 : 0);
    if (!getCookie(`${prefix}first`)) {
      const first = new URLSearchParams({ first_url: location.href.slice(0, 500), first_referer: d.referrer.slice(0, 500) });
      for (const name of marks.slice(0, 5)) if (touch[name]) first.set(`first_${name}`, touch[name]);
      setCookie(`${prefix}first`, String(first), 90);
    }
    setCookie(`${prefix}guid`, getCookie(`${prefix}guid`) || newId(), 365);
  };

  /** @returns {Data} */
  const attribution = () => {
    /** @type {Data} */
    const found = {
      url: location.href,
      referer: d.referrer,
      guid: getCookie(`${prefix}guid`),
      ym_client_id: getCookie("_ym_uid"),
      roistat_visit: getCookie("roistat_visit"),
    };
    for (const name of marks.concat(clicks)) found[name] = getCookie(prefix + name);
    new URLSearchParams(getCookie(`${prefix}first`)).forEach((value, name) => {
      found[name] = value;
    });
    found.gaid = (/(\d+\.\d+)$/.exec(getCookie("_ga")) || [""])[0];
    return found;
  };

  // ── Sending ──

  /** A plain-text body asks for no preflight; keepalive lets it outlive the page. @param {Data} data @returns {Promise<Answer>} */
  const post = async (data) => {
    const reply = await fetch(endpoint, { method: "POST", body: JSON.stringify(data), keepalive: true, credentials: "omit" });
    const answer = await reply.json();
    // What may pass is worth the second way; a refusal is an answer.
    if (reply.status === 429 || reply.status > 499) throw new Error(answer.message);
    return answer;
  };

  let calls = 0;
  /** For pages that may not fetch from us, and browsers whose blockers stop it. @param {Data} data @returns {Promise<Answer>} */
  const jsonp = (data) =>
    new Promise((resolve, reject) => {
      const name = `call${++calls}`;
      const script = d.createElement("script");
      const finish = () => {
        clearTimeout(timer);
        script.remove();
        if (w.svyazka) delete w.svyazka[name];
      };
      const fail = () => {
        finish();
        reject(new Error());
      };
      const timer = setTimeout(fail, 15000);
      if (w.svyazka) {
        w.svyazka[name] = (/** @type {Answer} */ answer) => {
          finish();
          resolve(answer);
        };
      }
      script.onerror = fail;
      script.src = `${endpoint}?${new URLSearchParams({ ...data, callback: `svyazka.${name}` })}`;
      d.head.append(script);
    });

  let lastSent = "";
  let lastId = "";
  /** @param {Data} data @returns {Promise<Answer>} */
  const send = async (data) => {
    /** @type {Data} */
    const all = {};
    for (const [name, value] of Object.entries({ ...attribution(), ...data })) if (value) all[name] = value;
    // The same data after a failure keeps its id: the first try may have arrived after all.
    const same = JSON.stringify(all);
    if (same !== lastSent) lastId = newId();
    lastSent = same;
    Object.assign(all, { public_token: config.token, _t: config.t, _snippet: "1", _request_id: lastId });
    const answer = await post(all).catch(() => jsonp(all));
    lastSent = "";
    return answer;
  };
  w.svyazka = { send };

  // ── Forms ──

  /** @param {HTMLFormElement} form */
  const isOurs = (form) => {
    if (form.dataset.svyazka === "off") return false;
    if (form.matches(selector)) return true;
    return (
      wanted === "all" &&
      !form.querySelector("[type=password]") &&
      !!form.querySelector("[type=tel],[type=email],[name*=phone i],[name*=tel i],[name*=mail i]")
    );
  };

  /** The field people do not see, and the hidden ones that the page waits to have filled. @param {HTMLFormElement} form */
  const prepare = (form) => {
    if (form.elements.namedItem(config.trap)) return;
    const trap = d.createElement("input");
    trap.name = config.trap;
    trap.autocomplete = "off";
    trap.tabIndex = -1;
    trap.setAttribute("aria-hidden", "true");
    // By script, not by an attribute: a strict page forbids those.
    Object.assign(trap.style, { position: "absolute", left: "-9999px", width: "1px", height: "1px", opacity: "0" });
    form.append(trap);
    const known = attribution();
    for (const input of form.querySelectorAll("input"))
      if (input.type === "hidden" && !input.value && known[input.name]) input.value = known[input.name] || "";
  };

  /** @param {HTMLFormElement} form @returns {Data} */
  const read = (form) => {
    /** @type {Data} */
    const data = {};
    new FormData(form).forEach((value, name) => {
      if (typeof value === "string") data[name] = data[name] ? `${data[name]}, ${value}` : value;
    });
    // A browser says nothing of an empty box; whether consent was given is worth saying.
    for (const box of form.querySelectorAll("input"))
      if (box.type === "checkbox" && !box.checked && /^(consent|agree)/i.test(box.name)) data[box.name] = "0";
    // Not `form.name`: in a form with a field called "name" that is the field.
    const id = form.getAttribute("id") || form.getAttribute("name");
    if (id) data.form_id = id;
    return data;
  };

  /** @param {HTMLFormElement} form @param {string} text */
  const tell = (form, text) => {
    let line = form.querySelector("[data-svyazka-message]");
    if (!line) {
      line = d.createElement("p");
      line.setAttribute("data-svyazka-message", "");
      line.setAttribute("role", "status");
      form.append(line);
    }
    line.textContent = text;
  };

  /** @param {HTMLFormElement} form @param {string} name @param {unknown} detail */
  const dispatch = (form, name, detail) =>
    form.dispatchEvent(new CustomEvent(`svyazka:${name}`, { bubbles: true, cancelable: true, detail }));

  /** @param {HTMLFormElement} form */
  const submit = async (form) => {
    const locked = [];
    for (const button of form.querySelectorAll("button,[type=submit]")) {
      if (button instanceof HTMLButtonElement || button instanceof HTMLInputElement) {
        if (!button.disabled) locked.push(button);
      }
    }
    const data = read(form);
    for (const button of locked) button.disabled = true;
    const { thanks, sorry, redirect } = form.dataset;
    try {
      const answer = await send(data);
      if (answer.ans !== "true") throw new Error(answer.message);
      if (dispatch(form, "sent", data)) {
        form.reset();
        if (redirect) location.assign(redirect);
        else tell(form, thanks || (config.ru ? "Спасибо! Заявка отправлена." : "Thank you! It has been sent."));
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : "";
      if (dispatch(form, "failed", reason))
        tell(
          form,
          sorry || reason || (config.ru ? "Не получилось отправить. Попробуйте ещё раз." : "It could not be sent. Please try again."),
        );
    }
    for (const button of locked) button.disabled = false;
  };

  // On the document, and not on each form: forms may appear later.
  d.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !isOurs(form)) return;
    event.preventDefault();
    if (form.dataset.svyazkaBusy) return;
    form.dataset.svyazkaBusy = "1";
    void submit(form).finally(() => {
      delete form.dataset.svyazkaBusy;
    });
  });
  d.addEventListener("focusin", (event) => {
    const form = event.target instanceof Element && event.target.closest("form");
    if (form && isOurs(form)) prepare(form);
  });
  const start = () => {
    rememberTouch();
    for (const form of d.forms) if (isOurs(form)) prepare(form);
  };
  if (d.readyState === "loading") d.addEventListener("DOMContentLoaded", start);
  else start();
})();
