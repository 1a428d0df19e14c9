import type { InboundRequest } from "@svyazka/core";

/** A form is text in the charset of a browser; what is in it was read by its bytes. */
export const bodyText = ({ bytes, text }: Pick<InboundRequest, "bytes" | "text">): string =>
  bytes ? Buffer.from(bytes).toString("utf8") : text;
