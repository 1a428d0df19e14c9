/** External calls of the portal's telephony. Source: api-reference/telephony */

/** What a call is registered as. */
export const callTypes = { out: 1, in: 2, forwarded: 3, callback: 4, info: 5 } as const;

export interface RegisterDraft {
  readonly USER_ID: number;
  readonly PHONE_NUMBER: string;
  readonly TYPE: (typeof callTypes)[keyof typeof callTypes];
  /** ISO 8601. */
  readonly CALL_START_DATE?: string;
  /** 1: the portal makes a lead of a stranger by itself. */
  readonly CRM_CREATE: 0 | 1;
  readonly CRM_ENTITY_TYPE?: "CONTACT" | "COMPANY" | "LEAD" | "DEAL";
  readonly CRM_ENTITY_ID?: number;
  /** 1: shows the card to `USER_ID` at once. */
  readonly SHOW: 0 | 1;
  readonly LINE_NUMBER?: string;
  /** Within 30 minutes the same one, with the same number, user and line, is the same call. */
  readonly EXTERNAL_CALL_ID: string;
}

export interface FinishDraft {
  readonly CALL_ID: string;
  readonly USER_ID: number;
  /** Seconds. */
  readonly DURATION: number;
  readonly STATUS_CODE: StatusCode;
  readonly FAILED_REASON?: string;
  /** 1 to 5. */
  readonly VOTE?: number;
  readonly ADD_TO_CHAT: 0 | 1;
}

/** 304: nobody took it; 603-S: we hung up; 480 and 503: they could not be reached; 404: no such number. */
export type StatusCode = "200" | "304" | "403" | "404" | "480" | "486" | "503" | "603" | "603-S" | "OTHER";
