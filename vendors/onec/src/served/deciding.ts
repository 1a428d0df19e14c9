import { type Decision, type Decisions, Invalid, type Kit, NotFound, type Sibling } from "@svyazka/core";
import { wordsIn } from "../adapter/words.ts";
import type { OneC } from "../settings.ts";
import { basesOf } from "./bases.ts";
import type { DuplicateAsked } from "./decisions.ts";

/** What a person decides at the door: which bases are let in, where a base has moved to, and whether two records are one. */

interface Change {
  readonly web_address: string;
  readonly url_address: string;
  readonly login: string;
  readonly password: string;
  readonly known_key: string;
  readonly at: string;
}

export function decisionsOf(door: OneC, kit: Kit): Decisions {
  const words = wordsIn(door.workspace.language);
  const choices = [
    { id: "approve", title: words.approve },
    { id: "refuse", title: words.refuse },
  ];

  async function ofBase(base: Sibling): Promise<Decision[]> {
    const id = String(base.settings["id_base"]);
    const found: Decision[] = [];
    const text = (of: Readonly<Record<string, unknown>>) => words.baseText(String(of["web_address"] ?? ""), String(of["login"] ?? ""));
    if (base.isDisabled && base.settings["pending"] === true)
      found.push({ id: `base ${base.id}`, at: base.createdAt.toISOString(), title: words.newBase(id), text: text(base.settings), choices });
    const change = await kit.store.get<Change>("change", id);
    if (change) found.push({ id: `change ${base.id}`, at: change.at, title: words.changedBase(id), text: text({ ...change }), choices });
    const baseKit = await kit.siblings.kitOf(base.id);
    for (const { id: asked, value } of (await baseKit?.store.list<DuplicateAsked>("duplicate")) ?? []) {
      const { kind: _kind, theirs: _theirs, ...shown } = value;
      found.push({ ...shown, id: `duplicate ${base.id} ${asked}` });
    }
    return found;
  }

  return {
    async list() {
      const all = (await Promise.all((await basesOf({ door, kit })).map(ofBase))).flat();
      return all.sort((one, other) => (one.at < other.at ? -1 : 1));
    },
    async decide(id, choice) {
      const [, what, number, asked = ""] = /^(base|change|duplicate) (\d+)(?: (.*))?$/s.exec(id) ?? [];
      const base = (await basesOf({ door, kit })).find((one) => String(one.id) === number);
      if (!base) throw new NotFound("decision", id);
      if (what === "duplicate") return decideDuplicate(base, asked, choice, id);
      if (choice !== "approve" && choice !== "refuse") throw new Invalid({ choice: ["approve or refuse"] });
      if (what === "base") {
        if (!base.isDisabled || base.settings["pending"] !== true) throw new NotFound("decision", id);
        return choice === "approve" ? kit.siblings.change(base.id, { pending: false }) : kit.siblings.remove(base.id);
      }
      const change = await kit.store.take<Change>("change", String(base.settings["id_base"]));
      if (!change) throw new NotFound("decision", id);
      const { at: _at, ...settings } = change;
      if (choice === "approve") await kit.siblings.change(base.id, settings);
    },
  };

  async function decideDuplicate(base: Sibling, asked: string, choice: string, id: string): Promise<void> {
    const baseKit = await kit.siblings.kitOf(base.id);
    const found = await baseKit?.store.get<DuplicateAsked>("duplicate", asked);
    if (!baseKit || !found) throw new NotFound("decision", id);
    if (!found.choices.some((one) => one.id === choice)) throw new Invalid({ choice: [found.choices.map((one) => one.id).join(", ")] });
    // What both hold is not known of the other one: the next call brings it there.
    if (choice !== "keep") await baseKit.links.save({ kind: found.kind, theirs: found.theirs, ours: choice });
    await baseKit.store.remove("duplicate", asked);
  }
}
