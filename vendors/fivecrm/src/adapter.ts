import { type InboundRequest, Malformed, type RateLimit, type Received, type Reply, type Vendor } from "@svyazka/core";
import { receiveCompany, receiveContact, receiveDeal, receiveTask } from "./add.ts";
import { door, endpointAt, type IntakeKind, intakeAt, snippetPath } from "./door.ts";
import { type Form, formsIn } from "./forms.ts";
import { isEmptyLead, submittedLead } from "./lead.ts";
import { receiveCustomFields, receiveFunnels, receiveManagers } from "./lists.ts";
import { foreignOrigin } from "./origin.ts";
import { paste, urls } from "./paste.ts";
import { type EndpointName, isCallbackName } from "./protocol.ts";
import { factKey, subjectOf } from "./repeats.ts";
import { answer, answerDone, answerError, callbackOf, plain } from "./replies.ts";
import { isSteering } from "./sent.ts";
import { fieldTargets, sentFields } from "./sent-fields.ts";
import { type Site, say, settings } from "./settings.ts";
import { receiveSnippet } from "./snippet.ts";
import { suspicion } from "./spam.ts";

/** Leads from sites and lead forms: the public API of 5CRM, its site snippet, and whatever else can post a form. */
export const fivecrm: Vendor<typeof settings> = {
  id: "fivecrm",
  title: { ru: "Заявки с сайта (API 5CRM)", en: "Leads from sites (5CRM API)" },
  about: {
    ru: "Принимает заявки с сайтов, из Tilda, лид-форм VK и Google и всего, что умеет отправить форму.",
    en: "Takes leads from sites, from Tilda, from lead forms of VK and Google, and from whatever can post a form.",
  },
  servesApi: true,
  tells: ["lead.submitted", "deal.submitted", "contact.submitted", "company.submitted", "task.submitted"],
  settings,
  door,
  receive,
  sentFields,
  fieldTargets,
  limits,
  urls,
  paste,
  demo: {
    connection: () => ({ settings: {} }),
    requests: ({ secrets }, { name, surname, phone, email, wish, marks }) => [
      {
        method: "POST",
        path: "/ctm/form/send",
        body: { form: { public_token: secrets.public_token ?? "", name: `${name} ${surname}`, phone, email, description: wish, ...marks } },
      },
    ],
  },
};

type Receive = (request: InboundRequest, site: Site) => Received;
const adders: Readonly<Record<Exclude<EndpointName, "ctm/form/send">, Receive>> = {
  "public/deal/add": receiveDeal,
  "public/contact/add": receiveContact,
  "public/company/add": receiveCompany,
  "public/task/add": receiveTask,
  "public/deal/get-custom-fields": receiveCustomFields,
  "public/managers/get": receiveManagers,
  "public/funnels/get": receiveFunnels,
};

function receive(request: InboundRequest, site: Site, now: Date): Received {
  if (request.path === snippetPath) return receiveSnippet(request, site, now);
  checkCallback(request);
  const kind = intakeAt.get(request.path);
  const foreign = kind === undefined || kind === "generic" ? foreignOrigin(request, site) : undefined;
  if (foreign !== undefined) return { ignored: `the site ${foreign} is not in the list of allowed sites`, reply: refuseOrigin(request) };
  if (kind !== undefined && request.method === "GET") return receiveVisit(request, kind);
  const endpoint = endpointAt.get(request.path);
  if (endpoint === undefined || endpoint === "ctm/form/send") return receiveForms(request, site, now);
  if (request.unreadable !== undefined) throw unreadable(request.unreadable);
  return adders[endpoint](request, site);
}

/** The raw request is kept, so that a page with a mistyped callback loses no lead (L3). */
function checkCallback(request: InboundRequest): void {
  const callback = callbackOf(request);
  if (callback === undefined || isCallbackName(callback)) return;
  const hint = "Поле callback должно быть именем функции: латинские буквы, цифры, _ $ и точка, до 64 знаков.";
  throw new Malformed(hint, { callback: [hint] });
}

const unreadable = (why: string): Malformed => new Malformed(`Тело запроса не читается: ${why}`, { body: [why] });

const refuseOrigin = (request: InboundRequest): Reply =>
  answerError(request, {
    status: 403,
    error: "origin_not_allowed",
    message: "Этого сайта нет в списке разрешённых. Добавьте его в настройках подключения.",
  });

// ── Forms ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function receiveForms(request: InboundRequest, site: Site, now: Date): Received {
  const found = formsIn(request, site);
  if (found === undefined) throw new Malformed("Такого адреса нет.");
  const kind = intakeAt.get(request.path);
  if (request.unreadable !== undefined && !("forms" in found && found.forms.some((form) => !isEmptyLead(form.lead))))
    throw unreadable(request.unreadable);
  if ("ignored" in found) return { ignored: found.ignored, reply: replyTo(request, kind, found.answer) };
  return { facts: found.forms.map((form) => factOf(form, request, site, now)), reply: replyTo(request, kind) };
}

function factOf(form: Form, request: InboundRequest, site: Site, now: Date): Extract<Received, { facts: unknown }>["facts"][number] {
  const { lead, kind, values } = form;
  const key = factKey(kind, request, values, lead.person, form.ownId);
  const hold = holdOf(form, site, now);
  return {
    type: "lead.submitted",
    ...key,
    subject: subjectOf(lead.person, key.key),
    data: submittedLead(lead, request, site, now),
    ...(hold !== undefined && { hold }),
  };
}

/**
 * Why a lead waits for a person. A form without anyone to answer is the sender's mistake at `ctm/form/send` (L8); from a foreign form
 * it means that its names were not understood, so it is kept, and nothing is made of it until someone maps the fields.
 */
function holdOf({ lead, kind, values }: Form, site: Site, now: Date): string | undefined {
  if (isEmptyLead(lead)) {
    if (kind === "lead") throw nobody();
    return say(site, "не нашли имя, телефон, e-mail или текст: сопоставьте поля", "found no name, phone, e-mail or text: map the fields");
  }
  // VK and Google vouch for their forms themselves.
  return kind === "vk" || kind === "google" ? undefined : suspicion(lead, values, site, now);
}

function nobody(): Malformed {
  const hint = "Нужно хотя бы одно из полей: name, phone, email, description.";
  return new Malformed(hint, { phone: [hint] });
}

/** What each sender takes for success. */
function replyTo(request: InboundRequest, kind: IntakeKind | undefined, word?: string): Reply {
  if (kind === "tilda" || kind === "vk") return plain(word ?? "ok");
  if (kind === "google") return answer({ ...request, query: {}, form: {} }, "{}");
  return answerDone(request);
}

/** A person looks whether the address works, or a sender was set to GET by mistake: that one must learn that nothing was taken. */
function receiveVisit(request: InboundRequest, kind: IntakeKind): Received {
  const hasData = Object.keys(request.query).some((name) => !isSteering(name));
  if (hasData) {
    const reply = door.refuse({ kind: "method_not_allowed", allowed: ["POST"] }, request);
    return { ignored: `GET to ${kind}: leads are only taken by POST`, reply };
  }
  return { page: plain("Адрес работает. Присылайте заявки методом POST.") };
}

// ── Limits ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Free when nothing is limited. The script of the page and its lists are not leads, and not counted. */
function limits(request: InboundRequest, site: Site): readonly RateLimit[] {
  const { rate_per_ip, rate_per_token, rate_per_phone } = site.settings;
  if (rate_per_ip === 0 && rate_per_token === 0 && rate_per_phone === 0) return [];
  if (request.path === snippetPath || (request.method === "GET" && endpointAt.get(request.path) !== "ctm/form/send")) return [];
  const found: RateLimit[] = [];
  if (rate_per_ip > 0 && request.ip !== "") found.push({ name: "ip", key: request.ip, perMinute: rate_per_ip });
  if (rate_per_token > 0) found.push({ name: "token", key: "all", perMinute: rate_per_token });
  const phone = rate_per_phone > 0 ? firstPhone(request, site) : undefined;
  if (phone !== undefined) found.push({ name: "phone", key: phone, perMinute: rate_per_phone });
  return found;
}

/** What `receive` refuses has no phone to count. */
function firstPhone(request: InboundRequest, site: Site): string | undefined {
  try {
    const found = formsIn(request, site);
    return found && "forms" in found ? found.forms[0]?.lead.person.phones[0]?.e164 : undefined;
  } catch {
    return undefined;
  }
}
