import type { CmlPair, CmlParty } from "./types.ts";
import { child, listed, propertiesOf, readBoolean, readId, textOf } from "./values.ts";
import type { XmlNode } from "./xml.ts";

/** The legal address first: it is the one that papers are made out to. */
const addressNames = ["ЮридическийАдрес", "АдресРегистрации", "Адрес", "ФактическийАдрес", "ПочтовыйАдрес"] as const;

/** Reads a `Контрагент`, of a list of its own or inside a document. */
export function readParty(node: XmlNode): CmlParty {
  const id = readId(textOf(node, "Ид"));
  const legal = child(node, "РеквизитыЮрЛица");
  const person = child(node, "РеквизитыФизЛица");
  const field = (...names: string[]): string | undefined => textOf(node, ...names) ?? textOf(legal, ...names) ?? textOf(person, ...names);
  const fullName = field("ОфициальноеНаименование", "ПолноеНаименование");
  const spoken = [field("Фамилия"), field("Имя"), field("Отчество")].filter((part) => part !== undefined).join(" ");
  const name = textOf(node, "Наименование") ?? fullName ?? spoken;
  const inn = field("ИНН")?.replace(/\s/g, "");
  const kpp = field("КПП");
  const okpo = field("ОКПО", "КодПоОКПО");
  const official = field("ОфициальноеНаименование");
  const role = textOf(node, "Роль");
  const comment = textOf(node, "Комментарий");
  const addressNode = child(node, addressNames[0]) ?? child(node, ...addressNames) ?? child(legal, ...addressNames);
  const addressFields = readPairs(addressNode, "АдресноеПоле");
  const address = textOf(addressNode, "Представление") ?? (addressFields.map(({ value }) => value).join(", ") || undefined);
  const contacts = readContacts(node);
  const properties = propertiesOf(node);
  return {
    ...(id !== undefined && { id }),
    name,
    ...(fullName !== undefined && { fullName }),
    kind: official !== undefined || kpp !== undefined || legal !== undefined || inn?.length === 10 ? "company" : "person",
    ...(inn && { inn }),
    ...(kpp !== undefined && { kpp }),
    ...(okpo !== undefined && { okpo }),
    ...(role !== undefined && { role }),
    ...(address !== undefined && { address }),
    addressFields,
    phones: valuesOf(contacts, isPhone),
    emails: valuesOf(contacts, isEmail),
    contacts,
    representatives: readRepresentatives(node),
    ...(comment !== undefined && { comment }),
    deleted: isDeleted(node, properties),
    properties: [...properties].map(([key, value]) => ({ name: key, value })),
  };
}

/** A mark of deletion is a requisite before 2.08, a child since then, and an attribute `Статус="Удален"` in goods and in some of 2.09. */
export function isDeleted(node: XmlNode, properties: ReadonlyMap<string, string>): boolean {
  if (/^удал[её]н/i.test(node.attributes["Статус"] ?? textOf(node, "Статус") ?? "")) return true;
  return readBoolean(textOf(node, "ПометкаУдаления") ?? properties.get("ПометкаУдаления")) ?? false;
}

function readRepresentatives(node: XmlNode): CmlParty["representatives"] {
  return listed(node, "Представители", "Представитель").flatMap((each) => {
    // 1C wraps the person in `Контрагент`; some sites and modules do not.
    const who = child(each, "Контрагент") ?? each;
    const id = readId(textOf(who, "Ид"));
    const name = textOf(who, "Наименование", "ПолноеНаименование");
    const relation = textOf(who, "Отношение") ?? textOf(each, "Отношение", "Должность");
    return name === undefined ? [] : [{ ...(id !== undefined && { id }), name, ...(relation !== undefined && { relation }) }];
  });
}

/** Contacts stand in the counterparty, and in 2.04 also in its representative alone. */
function readContacts(node: XmlNode): CmlPair[] {
  const own = listed(node, "Контакты", "Контакт");
  const theirs = listed(node, "Представители", "Представитель").flatMap((each) =>
    listed(child(each, "Контрагент") ?? each, "Контакты", "Контакт"),
  );
  return (own.length > 0 ? own : theirs).flatMap(readPair);
}

function readPairs(node: XmlNode | undefined, name: string): CmlPair[] {
  return (node?.children ?? []).filter((each) => each.name === name).flatMap(readPair);
}

function readPair(node: XmlNode): CmlPair[] {
  const value = textOf(node, "Значение");
  return value === undefined ? [] : [{ name: textOf(node, "Тип", "КонтактВид", "Вид") ?? "", value }];
}

/**
 * The type is free text in practice: `Почта`, `Электронная почта`, `E-Mail`, `ТелефонРабочий`, `Телефон рабочий`, `Мобильный`.
 * A postal address is none.
 */
const isEmail = ({ value }: CmlPair): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value);
const isPhone = ({ name, value }: CmlPair): boolean =>
  !value.includes("@") && (/тел|моб|phone/i.test(name) || (name === "" && /^\+?[\d\s()-]{7,}$/.test(value)));

/** An address of mail has at most 254 signs; what is longer is no phone either. */
const longestContact = 254;

/** One field may hold several, split as people split them. */
function valuesOf(contacts: readonly CmlPair[], wanted: (pair: CmlPair) => boolean): string[] {
  const single = contacts.flatMap(({ name, value }) => value.split(/[,;/\n]/).map((part) => ({ name, value: part.trim() })));
  return [
    ...new Set(
      single
        .filter((pair) => pair.value !== "" && pair.value.length <= longestContact && wanted(pair))
        .map(({ value }) => value.replace(/[\u00a0\u202f]/g, " ")),
    ),
  ];
}
