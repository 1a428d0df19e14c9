import type { Reply } from "@svyazka/core";
import type { ApiReply } from "../api/http.ts";

/** In bytes, so that nobody adds a charset to the type: one client compares it as a whole. */
export const asReply = ({ status, headers, body }: ApiReply): Reply => ({ status, headers, body, bytes: Buffer.from(body) });
