import type { Flow } from "@svyazka/core";
import { wordsIn } from "./text.ts";

/** What a CRM that is elsewhere tells of its records is looked up there, so that our address book knows who is who. */
export const lookUpRecord: Flow<"record.told", "follower"> = {
  name: "look-up-record",
  title: { ru: "Узнать, что изменилось", en: "Look up what changed" },
  about: {
    ru: "Спрашивает у внешней CRM изменённую карточку и обновляет нашу телефонную книгу.",
    en: "Asks a CRM that is elsewhere for the record that changed, and keeps our address book up to date.",
  },
  on: ["record.told"],
  needs: "follower",
  async run({ data: told }, at) {
    const { what, name } = await at.port.follow(told);
    const { done } = wordsIn(at.workspace.language);
    return { done: done.followed[what] + (name ? `: ${name}` : ""), records: { [told.kind]: told.id } };
  },
};
