import type { InboundRequest, Label, SentField } from "@svyazka/core";
import { isAttribution } from "./attribution.ts";
import { standardNames } from "./lead.ts";
import { meaningOf } from "./names.ts";
import { pairsIn } from "./pairs.ts";
import { isSteering } from "./sent.ts";

/** What a field of somebody's form may be mapped to, beside custom fields of the deal. */
export const fieldTargets: Readonly<Record<string, Label>> = {
  name: { ru: "Имя", en: "First name" },
  surname: { ru: "Фамилия", en: "Surname" },
  middlename: { ru: "Отчество", en: "Middle name" },
  phone: { ru: "Телефон", en: "Phone" },
  email: { ru: "E-mail", en: "E-mail" },
  description: { ru: "Текст заявки", en: "Text of the lead" },
  title: { ru: "Название сделки", en: "Name of the deal" },
  sum: { ru: "Сумма", en: "Sum" },
  "-": { ru: "Не нужно", en: "Not needed" },
};

/** The fields that a person may want to map: not those that say where the visitor came from, nor those that steer the request. */
export const sentFields = (request: InboundRequest): readonly SentField[] =>
  pairsIn(request)
    .filter(({ name }) => !isSteering(name) && !isAttribution(name.toLowerCase()))
    .map(({ name, label, value }) => {
      const lower = name.toLowerCase();
      const known = standardNames.has(lower) ? lower : (meaningOf(name) ?? (label === undefined ? undefined : meaningOf(label)));
      const meaning = known === "contact" ? (value.includes("@") ? "email" : "phone") : known;
      return {
        ...{ name, value },
        ...(label !== undefined && { label }),
        ...(meaning !== undefined && fieldTargets[meaning] !== undefined && { meaning }),
      };
    });
