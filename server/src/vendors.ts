/** The only list of vendors there is: one more vendor is one more line. */
export { amocrm } from "@svyazka/amocrm/adapter";
export { asterisk } from "@svyazka/asterisk/adapter";
export { bitrix24 } from "@svyazka/bitrix24/adapter";
export { botapi } from "@svyazka/botapi/adapter";
export { cloudapi } from "@svyazka/cloudapi/adapter";
export { fivecrm } from "@svyazka/fivecrm/adapter";
export { onec } from "@svyazka/onec/adapter";
export { touchapi } from "@svyazka/touchapi/adapter";
export { vats } from "@svyazka/vats/adapter";
export { webhook } from "@svyazka/webhook/adapter";
