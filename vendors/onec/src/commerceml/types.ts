/** What a CommerceML file says, in plain records. Dates are ISO text without a zone (the base's own); sums are decimal text. */

/** A name and a value, as 1C pairs them in contacts, addresses and requisites. */
export interface CmlPair {
  readonly name: string;
  readonly value: string;
}

/** Somebody named by 1C; inside a document the id may be missing. */
export interface CmlParty {
  readonly id?: string;
  readonly name: string;
  /** `ПолноеНаименование` or `ОфициальноеНаименование`. */
  readonly fullName?: string;
  /** Told by its fields: an official name, a КПП, requisites of a legal person, or an ИНН of 10 digits make a company. */
  readonly kind: "company" | "person";
  readonly inn?: string;
  readonly kpp?: string;
  readonly okpo?: string;
  /** In a document: `Покупатель`, `Продавец`, `Плательщик`… */
  readonly role?: string;
  /** As one line. */
  readonly address?: string;
  readonly addressFields: readonly CmlPair[];
  readonly phones: readonly string[];
  readonly emails: readonly string[];
  /** All contacts as written, phones and addresses of mail too. */
  readonly contacts: readonly CmlPair[];
  readonly representatives: readonly { readonly id?: string; readonly name: string; readonly relation?: string }[];
  readonly comment?: string;
  readonly deleted: boolean;
  readonly properties: readonly CmlPair[];
}

/** A counterparty of its own, which always has an id. */
export interface CmlCounterparty extends CmlParty {
  readonly id: string;
}

export interface CmlLine {
  readonly id?: string;
  readonly name: string;
  readonly article?: string;
  /** The unit's code or name, its trailing space kept (`796 `). */
  readonly unit?: string;
  readonly quantity?: string;
  readonly price?: string;
  readonly sum?: string;
}

export type CmlDocumentKind = "order" | "payment" | "shipment" | "other";

/** Which order a payment or a shipment is about, and how we know. Several of id, number and text may help to find it. */
export interface CmlOrderRef {
  readonly id?: string;
  readonly number?: string;
  readonly by: "basis" | "subordinate" | "same id" | "container";
  /** `Основание` as written. */
  readonly text?: string;
}

/** "Paid" or "shipped" told in the order itself (`Номер оплаты по 1С`, `Дата оплаты по 1С`, `Оплачен`). */
export interface CmlMark {
  readonly number?: string;
  readonly date?: string;
}

export interface CmlDocument {
  readonly id: string;
  /** As the site gave it when the order came from there; 1C's own is `number1c`. */
  readonly number?: string;
  readonly date?: string;
  readonly number1c?: string;
  readonly date1c?: string;
  readonly kind: CmlDocumentKind;
  /** `ХозОперация`, literally. */
  readonly operation: string;
  readonly role?: string;
  readonly currency?: string;
  readonly rate?: string;
  readonly sum?: string;
  readonly comment?: string;
  readonly basis?: string;
  readonly order?: CmlOrderRef;
  /** The buyer. */
  readonly counterparty?: CmlParty;
  readonly lines: readonly CmlLine[];
  readonly taxes: readonly { readonly name: string; readonly sum?: string; readonly included?: boolean }[];
  /** Undefined where 1C does not say. */
  readonly posted?: boolean;
  readonly deleted: boolean;
  readonly cancelled: boolean;
  readonly status?: string;
  readonly paid?: CmlMark;
  readonly shipped?: CmlMark;
  readonly properties: readonly CmlPair[];
}

/** One record of a file, in the order of the file. */
export type CmlPart =
  | { readonly is: "counterparty"; readonly counterparty: CmlCounterparty }
  | { readonly is: "document"; readonly document: CmlDocument };

/** A small file as a whole. */
export interface CmlFile {
  /** `ВерсияСхемы`, empty when the file does not say. */
  readonly schema: string;
  readonly counterparties: readonly CmlCounterparty[];
  readonly documents: readonly CmlDocument[];
  readonly warnings: readonly string[];
}
