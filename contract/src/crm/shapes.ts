import type { FieldType as FieldTypeName } from "@svyazka/core";
import { type TProperties, Type } from "typebox";
import { Moment, Nullable, pageQuery } from "../route.ts";

/** Shapes that several routes of the CRM share. */

export const Id = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const OptionalId = Type.Optional(Nullable(Id));
export const Name = Type.String({ maxLength: 500 });
export const Line = Type.String({ maxLength: 2000 });
export const Text = Type.String({ maxLength: 65_535 });
export const Code = Type.String({ maxLength: 64, pattern: "^[A-Za-z][A-Za-z0-9_.-]*$" });
export const Colour = Type.String({ pattern: "^#[0-9A-Fa-f]{6}$", description: "`#rrggbb`" });
export const Position = Type.Integer({ minimum: -2_147_483_648, maximum: 2_147_483_647 });
export const Currency = Type.String({ pattern: "^[A-Z]{3}$", description: "ISO 4217" });
export const Sum = Type.String({ pattern: "^-?\\d{1,15}(\\.\\d{1,3})?$", description: "Decimal text with a point: `10000.50`" });

/** A body: a misspelt name is refused, not ignored. */
export const Body = <P extends TProperties>(properties: P) => Type.Object(properties, { additionalProperties: false });
export const Query = Body;

const Label = Type.Enum(["work", "mobile", "home", "other"]);

export const channels = {
  phones: Type.Array(
    Type.Object({
      value: Type.String({ description: "As typed" }),
      label: Label,
      e164: Nullable(Type.String({ description: "Null when it is not a valid number" })),
      ext: Nullable(Type.String()),
      toll_free: Type.Boolean(),
    }),
  ),
  emails: Type.Array(Type.Object({ value: Type.String(), label: Label })),
  messengers: Type.Array(Type.Object({ network: Type.String(), value: Type.String(), label: Label })),
};

/** Each list that is given replaces the one there was. What we read from a phone may be sent back, and is read anew. */
export const channelDrafts = {
  phones: Type.Optional(
    Type.Array(
      Body({
        value: Type.String({ minLength: 1, maxLength: 255 }),
        label: Type.Optional(Label),
        e164: Type.Optional(Nullable(Type.String({ maxLength: 30 }))),
        ext: Type.Optional(Nullable(Type.String({ maxLength: 30 }))),
        toll_free: Type.Optional(Type.Boolean()),
      }),
      { maxItems: 100 },
    ),
  ),
  emails: Type.Optional(
    Type.Array(Body({ value: Type.String({ minLength: 1, maxLength: 255 }), label: Type.Optional(Label) }), { maxItems: 100 }),
  ),
  messengers: Type.Optional(
    Type.Array(
      Body({
        network: Type.String({ pattern: "^[a-z][a-z0-9_]{0,31}$", description: "telegram, whatsapp, vk, skype, …" }),
        value: Type.String({ minLength: 1, maxLength: 255 }),
        label: Type.Optional(Label),
      }),
      { maxItems: 100 },
    ),
  ),
};

const Money = Type.Object({ sum: Type.String(), currency: Type.String() });
export const FieldValues = Type.Record(
  Type.String(),
  Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Array(Type.String()), Money, Type.Object({ json: Type.Unknown() })]),
  {
    description: "Custom fields by code. A select is its option's text, a moment is in UTC, an object in `json`",
  },
);
export const FieldDrafts = Type.Record(
  Type.String({ maxLength: 64 }),
  Type.Union([
    Type.Null(),
    Type.Boolean(),
    Type.Number(),
    Text,
    Type.Array(Type.Union([Line, Type.Number()]), { maxItems: 1000 }),
    Body({ sum: Sum, currency: Currency }),
  ]),
  {
    description:
      "Custom fields by code: null clears, what is not named stays. An option by its text, code or id; a moment by RFC 3339, or as people write it, in the workspace's zone; an object by its JSON as text",
  },
);

const Touch = Body({
  source: Type.Optional(Line),
  medium: Type.Optional(Line),
  campaign: Type.Optional(Line),
  content: Type.Optional(Line),
  term: Type.Optional(Line),
  url: Type.Optional(Text),
  referer: Type.Optional(Text),
});
export const Attribution = Body({
  first: Type.Optional(Touch),
  last: Type.Optional(Touch),
  visitor: Type.Optional(Line),
  tracking: Type.Record(Type.String({ maxLength: 64 }), Line),
});

export const Tags = Type.Array(Type.String());
export const TagDrafts = Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
  maxItems: 250,
  description: "The whole new list, by name; new names become tags",
});

/** What every record tells about itself. */
export const stamps = {
  version: Type.String({ description: "Another one after every change: the record's `ETag`, for `If-Match`" }),
  created_by: Nullable(Type.Integer({ description: "The user; null when it was a program" })),
  updated_by: Nullable(Type.Integer()),
  created_at: Moment,
  updated_at: Moment,
  deleted_at: Nullable(Moment),
};

/** What every list of records takes. */
export const listQuery = {
  ...pageQuery,
  ids: Type.Optional(Type.String({ pattern: "^\\d{1,16}(,\\d{1,16}){0,249}$", description: "Only these, by comma" })),
  created_from: Type.Optional(Moment),
  created_to: Type.Optional(Type.String({ format: "date-time", description: "Before this moment" })),
  updated_from: Type.Optional(Moment),
  updated_to: Type.Optional(Type.String({ format: "date-time", description: "Before this moment" })),
  updated_since: Type.Optional(
    Type.String({
      format: "date-time",
      description:
        "The change feed: everything written at or after this moment, in that order, up to about a second ago; whoever brings records from elsewhere may say another updated_at. With `deleted=true` it tells of deletions, too",
    }),
  ),
  deleted: Type.Optional(
    Type.Union([Type.Boolean(), Type.Literal("only")], { description: "`true`: deleted ones, too; `only`: no others" }),
  ),
};
const sorts = ["id", "-id", "created_at", "-created_at", "updated_at", "-updated_at"] as const;
export const Sort = Type.Enum(sorts, { description: "`-` for descending; `-id` unless stated" });
export const DealSort = Type.Enum([...sorts, "sum", "-sum", "closed_at", "-closed_at"], {
  description:
    "`-` for descending; `-id` unless stated. A deal without a sum is less than every other; an open one was closed before every other",
});
export const TaskSort = Type.Enum([...sorts, "due", "-due"], {
  description: "`-` for descending; `-id` unless stated. By `due`, tasks without a time are due last",
});

/** Several ids by comma: any of them. */
export const Ids = Type.String({ pattern: "^\\d{1,16}(,\\d{1,16}){0,249}$", description: "One or several, by comma" });
export const Search = Type.String({ minLength: 1, maxLength: 200 });
/** The record that a task or a call is about. */
export const About = Nullable(
  Type.Object(
    {
      entity: Type.Enum(["contact", "company", "deal"]),
      id: Type.Integer(),
      name: Type.String(),
      contact: Nullable(
        Type.Object(
          { id: Type.Integer(), name: Type.String(), phone: Nullable(Type.String()) },
          { description: "The person behind it: the contact itself, or the main one of the deal" },
        ),
      ),
    },
    { description: "The record it is on, by name; null when that is nothing, was put away, or may not be seen" },
  ),
);
export const Phone = Type.String({ minLength: 1, maxLength: 64, description: "In any spelling" });
export const EmailFilter = Type.String({ minLength: 3, maxLength: 254 });
export const TagFilter = Type.String({ minLength: 1, maxLength: 100, description: "By name" });
export const Entity = Type.Enum(["contact", "company", "deal"]);
const fieldTypes = [
  "text",
  "number",
  "flag",
  "date",
  "moment",
  "select",
  "multiselect",
  "url",
  "phone",
  "email",
  "money",
  "address",
  "object",
] as const satisfies readonly FieldTypeName[];
export const FieldType = Type.Enum(fieldTypes, { description: "`moment`: date and time; `object`: whatever JSON a program keeps there" });
