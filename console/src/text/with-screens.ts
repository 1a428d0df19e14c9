import { accounting as accountingEn } from "./en/accounting.ts";
import { channels as channelsEn } from "./en/channels.ts";
import { inbox as inboxEn } from "./en/inbox.ts";
import { moves as movesEn } from "./en/moves.ts";
import { accounting as accountingRu } from "./ru/accounting.ts";
import { channels as channelsRu } from "./ru/channels.ts";
import { inbox as inboxRu } from "./ru/inbox.ts";
import { moves as movesRu } from "./ru/moves.ts";
import { useLanguage } from "./text.tsx";

/** Words of screens that few people open: they come along with the screen, and not with the first page. */

export const useAccountingText = (): typeof accountingEn => ({ ru: accountingRu, en: accountingEn })[useLanguage()];
export const useMovesText = (): typeof movesEn => ({ ru: movesRu, en: movesEn })[useLanguage()];
export const useInboxText = (): typeof inboxEn => ({ ru: inboxRu, en: inboxEn })[useLanguage()];
export const useChannelsText = (): typeof channelsEn => ({ ru: channelsRu, en: channelsEn })[useLanguage()];
