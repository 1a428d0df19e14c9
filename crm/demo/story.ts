import type { Language } from "@svyazka/core";
import { demoWords } from "./words.ts";

/** Half a year of a small company, told the same way each time for the same seed: what became of each deal, who called, what is still to be done. */

export interface StoryAbout {
  readonly seed: number;
  readonly now: Date;
  readonly language: Language;
  readonly currency: string;
  /** Ids of those who sell. */
  readonly sellers: readonly number[];
  readonly pipeline: number;
  /** In order. */
  readonly stages: readonly { readonly id: number; readonly kind: "incoming" | "open" | "won" | "lost" }[];
  readonly lossReasons: readonly number[];
  readonly sources: Readonly<Record<string, number>>;
  readonly taskTypes: readonly number[];
  readonly deals?: number;
}

export interface StoryContact {
  readonly name: string;
  readonly surname: string;
  readonly phone: string;
  readonly email: string | null;
  readonly city: string;
  readonly company: number | null;
  readonly responsible: number;
  readonly at: Date;
}
export interface StoryDeal {
  readonly name: string;
  readonly sumMinor: number;
  readonly contact: number;
  readonly company: number | null;
  readonly responsible: number;
  readonly source: number | null;
  readonly attribution: unknown;
  readonly tags: readonly string[];
  readonly lossReason: number | null;
  readonly at: Date;
  readonly closedAt: Date | null;
  /** Where it went, in order; the first is where it began. */
  readonly moves: readonly { readonly stage: number; readonly at: Date }[];
  readonly notes: readonly { readonly text: string; readonly at: Date }[];
  readonly tasks: readonly {
    readonly title: string;
    readonly type: number | null;
    readonly at: Date;
    readonly due: Date;
    readonly doneAt: Date | null;
    readonly result: string | null;
  }[];
}
export interface StoryCall {
  readonly direction: "in" | "out";
  readonly contact: number | null;
  readonly deal: number | null;
  readonly phone: string;
  readonly responsible: number;
  readonly outcome: "answered" | "missed" | "busy";
  readonly at: Date;
  readonly waitSeconds: number;
  readonly talkSeconds: number;
}
export interface Story {
  readonly companies: readonly {
    readonly name: string;
    readonly inn: string;
    readonly phone: string;
    readonly responsible: number;
    readonly at: Date;
  }[];
  readonly contacts: readonly StoryContact[];
  readonly deals: readonly StoryDeal[];
  readonly calls: readonly StoryCall[];
}

const dayMs = 86_400_000;
const minuteMs = 60_000;
const half = 182;

/** A sequence of chances that is the same for the same seed (mulberry32). */
export function chances(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface Stranger {
  readonly name: string;
  readonly surname: string;
  readonly phone: string;
  readonly email: string;
  readonly wish: string;
  readonly marks: Readonly<Record<string, string>>;
}

/** Somebody out there who wants something. */
export function stranger(language: Language, chance: () => number): Stranger {
  const words = demoWords[language];
  const pick = <T>(of: readonly T[]): T => of[Math.floor(chance() * of.length)] as T;
  const woman = chance() < 0.55;
  const [female, male] = pick(words.people.surnames);
  const campaign = pick(words.campaigns);
  return {
    name: pick(woman ? words.people.women : words.people.men),
    surname: woman ? female : male,
    phone: randomPhone(chance),
    email: `client${Math.floor(chance() * 90_000 + 10_000)}@mail.example`,
    wish: pick(words.wishes),
    marks: { utm_source: pick(["yandex", "vk", "google"]), utm_medium: "cpc", utm_campaign: campaign, utm_term: pick(words.terms) },
  };
}

const randomPhone = (chance: () => number): string =>
  `+79${String(Math.floor(chance() * 100)).padStart(2, "0")}${String(Math.floor(chance() * 10_000_000)).padStart(7, "0")}`;

export function tellStory(about: StoryAbout): Story {
  const { now, language, sellers } = about;
  const words = demoWords[language];
  const chance = chances(about.seed);
  const pick = <T>(of: readonly T[]): T => of[Math.floor(chance() * of.length)] as T;
  /** People ring and write by day, seldom on Sundays. */
  const workingMoment = (day: Date): Date => {
    const date = new Date(day);
    if (date.getUTCDay() === 0 && chance() < 0.7) date.setTime(date.getTime() + dayMs);
    date.setUTCHours(6 + Math.floor(chance() * 10), Math.floor(chance() * 60), Math.floor(chance() * 60), 0);
    return date.getTime() > now.getTime() ? new Date(now.getTime() - Math.floor(chance() * 8 + 1) * 10 * minuteMs) : date;
  };
  const after = (moment: Date, minutes: number): Date => new Date(moment.getTime() + minutes * minuteMs);
  const untilNow = (moment: Date): Date => (moment > now ? now : moment);

  const companies = words.companies.map((name) => ({
    name,
    inn: `78${String(Math.floor(chance() * 100_000_000)).padStart(8, "0")}`,
    phone: `+7812${String(Math.floor(chance() * 10_000_000)).padStart(7, "0")}`,
    responsible: pick(sellers),
    at: new Date(now.getTime() - half * dayMs * chance()),
  }));
  const contacts: StoryContact[] = [];
  const deals: StoryDeal[] = [];
  const calls: StoryCall[] = [];
  const count = about.deals ?? 420;
  const open = about.stages.filter(({ kind }) => kind === "open");
  const stageOf = (kind: "incoming" | "won" | "lost"): number =>
    (about.stages.find((stage) => stage.kind === kind) ?? about.stages[0])?.id ?? 0;

  for (let index = 0; index < count; index++) {
    // The company grows: more deals towards today.
    const age = half * (1 - Math.sqrt((index + chance()) / count));
    const at = workingMoment(new Date(now.getTime() - age * dayMs));
    const who = stranger(language, chance);
    const responsible = pick(sellers);
    const known = contacts.length > 20 && chance() < 0.18 ? Math.floor(chance() * contacts.length) : undefined;
    const company = chance() < 0.16 ? Math.floor(chance() * companies.length) : null;
    const contact = known ?? contacts.length;
    if (known === undefined) {
      contacts.push({
        name: who.name,
        surname: chance() < 0.8 ? who.surname : "",
        phone: who.phone,
        email: chance() < 0.5 ? who.email : null,
        city: pick(words.cities),
        company,
        responsible,
        at,
      });
    }
    const [product, from, to] = pick(words.products);
    const source = pick(["site", "site", "site", "phone", "phone", "referral", "map"]);
    const moves = [{ stage: stageOf("incoming"), at }];
    const notes: { text: string; at: Date }[] = source === "site" ? [{ text: who.wish, at }] : [];
    const tasks: StoryDeal["tasks"][number][] = [];
    // How far it has come: old ones have ended, young ones are on their way.
    const ended = age > 45 || (age > 10 && chance() < 0.6);
    const won = ended && chance() < 0.36;
    const steps = ended
      ? won
        ? open.length
        : Math.floor(chance() * open.length) + 1
      : Math.min(open.length, Math.floor(chance() * (age / 4 + 1)));
    let moment = at;
    for (const stage of open.slice(0, steps)) {
      const next = after(moment, 20 + chance() * 60 * 24 * (moves.length === 1 ? 0.6 : 5));
      if (next > now) break;
      moment = next;
      moves.push({ stage: stage.id, at: moment });
      if (chance() < 0.45) notes.push({ text: pick(words.notes), at: untilNow(after(moment, 5)) });
      if (chance() < 0.7) calls.push(conversation(contact, deals.length, responsible, moment, chance() < 0.4 ? "in" : "out"));
      if (chance() < 0.5) {
        const due = after(moment, 60 * 24);
        const isDone = due < now;
        tasks.push({
          title: pick(words.tasks),
          type: about.taskTypes.length > 0 ? pick(about.taskTypes) : null,
          at: moment,
          due,
          doneAt: isDone ? untilNow(after(due, chance() * 600 - 300)) : null,
          result: isDone && chance() < 0.6 ? pick(words.results) : null,
        });
      }
    }
    let closedAt: Date | null = null;
    if (ended) {
      closedAt = after(moment, 60 + chance() * 60 * 72);
      if (closedAt > now) closedAt = new Date(moment.getTime() + (now.getTime() - moment.getTime()) * chance());
      moves.push({ stage: stageOf(won ? "won" : "lost"), at: closedAt });
    } else if (chance() < 0.75) {
      const due = new Date(Math.max(after(now, (chance() * 6 - 2) * 60 * 24).getTime(), after(moment, 60).getTime()));
      tasks.push({
        title: pick(words.tasks),
        type: about.taskTypes.length > 0 ? pick(about.taskTypes) : null,
        at: moment,
        due,
        doneAt: null,
        result: null,
      });
    }
    if (source === "phone") calls.push(conversation(contact, deals.length, responsible, at, "in"));
    deals.push({
      name: company === null ? product : `${product}: ${companies[company]?.name ?? ""}`,
      sumMinor: Math.round((from + chance() * (to - from)) / (from > 1000 ? 500 : 5)) * (from > 1000 ? 500 : 5) * 100,
      contact,
      company,
      responsible,
      source: about.sources[source] ?? null,
      attribution:
        source === "site"
          ? {
              last: { source: who.marks["utm_source"], medium: "cpc", campaign: who.marks["utm_campaign"], term: who.marks["utm_term"] },
              tracking: {},
            }
          : null,
      tags: chance() < 0.25 ? [pick(words.tags)] : [],
      lossReason: ended && !won && about.lossReasons.length > 0 ? pick(about.lossReasons) : null,
      at,
      closedAt,
      moves,
      notes,
      tasks: tasks.map((task) => (closedAt && task.doneAt === null ? { ...task, doneAt: closedAt } : task)),
    });
  }
  // Strangers who rang once, and calls that nobody took.
  for (let index = 0; index < count / 3; index++) {
    const at = workingMoment(new Date(now.getTime() - half * dayMs * chance() ** 1.5));
    const someone = chance() < 0.6 ? Math.floor(chance() * contacts.length) : null;
    const of = someone !== null && (contacts[someone]?.at ?? now) <= at ? someone : null;
    calls.push({
      direction: "in",
      contact: of,
      deal: null,
      phone: of === null ? randomPhone(chance) : (contacts[of]?.phone ?? ""),
      responsible: pick(sellers),
      outcome: chance() < 0.7 ? "missed" : "answered",
      at,
      waitSeconds: Math.floor(5 + chance() * 30),
      talkSeconds: 0,
    });
  }
  return {
    ...sinceTheyAreSpokenOf(companies, contacts, deals),
    deals,
    calls: calls.map((call) => (call.outcome === "answered" && call.talkSeconds === 0 ? { ...call, talkSeconds: 40 } : call)),
  };

  function conversation(contact: number, deal: number, responsible: number, at: Date, direction: "in" | "out"): StoryCall {
    const luck = chance();
    const outcome = luck < 0.8 ? "answered" : direction === "in" ? "missed" : "busy";
    return {
      direction,
      contact,
      deal,
      phone: contacts[contact]?.phone ?? "",
      responsible,
      outcome,
      at,
      waitSeconds: Math.floor(3 + chance() * 25),
      talkSeconds: outcome === "answered" ? Math.floor(20 + chance() ** 2 * 900) : 0,
    };
  }
}

/** Nobody is spoken of before they are known: a person and a company are as old as the first deal with them. */
function sinceTheyAreSpokenOf<C extends { readonly at: Date }>(
  companies: readonly C[],
  contacts: readonly StoryContact[],
  deals: readonly StoryDeal[],
): { companies: C[]; contacts: StoryContact[] } {
  const contactSince = contacts.map(({ at }) => at);
  const companySince = companies.map(({ at }) => at);
  const note = (since: Date[], index: number | null, at: Date): void => {
    if (index !== null && (since[index] ?? at) > at) since[index] = at;
  };
  for (const { contact, company, at } of deals) {
    note(contactSince, contact, at);
    note(companySince, company, at);
  }
  for (const [index, { company }] of contacts.entries()) note(companySince, company, contactSince[index] as Date);
  return {
    companies: companies.map((company, index) => ({ ...company, at: companySince[index] as Date })),
    contacts: contacts.map((contact, index) => ({ ...contact, at: contactSince[index] as Date })),
  };
}
