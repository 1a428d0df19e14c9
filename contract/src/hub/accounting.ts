import { Type } from "typebox";
import { ById, Moment, Nullable, Page, route } from "../route.ts";

/** What accounting programs say of our deals. */

const DocumentsThere = Type.Object({
  connection: Type.Integer(),
  name: Type.String({ description: "Of the connection" }),
  at: Nullable(Type.String({ ...Moment, description: "When they were so; null when it has never answered about this deal" })),
  is_live: Type.Boolean({ description: "They are so now; otherwise as they were" }),
  why: Nullable(Type.String({ description: "Why it does not answer now, in words" })),
  documents: Type.Array(
    Type.Object({
      title: Type.String(),
      link: Type.String(),
      opens: Type.Boolean({ description: "The link is one for a browser: http or https. Others are no more than a text to copy" }),
    }),
  ),
});

export const dealDocuments = route({
  id: "dealDocuments",
  method: "GET",
  path: "/deals/:id/documents",
  scope: "crm:read",
  tag: "Contacts, companies, deals",
  summary: "The documents of a deal in the accounting, asked now",
  description:
    "One item for each active connection with the ability `accounting`; none means that there is no accounting. All are asked at once, and one that does not answer within eight seconds is not waited for: then it is what it said before.",
  params: ById,
  answer: Page(DocumentsThere),
});
