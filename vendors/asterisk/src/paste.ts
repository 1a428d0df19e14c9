import type { Pasted } from "@svyazka/core";
import type { Exchange } from "./settings.ts";

/** What goes into the files of Asterisk so that it hands its calls over; `docs/asterisk.md` has them whole. */
export const paste = ({ settings: { app, username }, secrets: { password } }: Exchange): readonly Pasted[] => [
  {
    label: { ru: "ari.conf", en: "ari.conf" },
    text: `[general]
enabled = yes

[${username}]
type = user
read_only = no
password = ${password}
password_format = plain`,
  },
  {
    label: { ru: "extensions.conf: звонки с линии", en: "extensions.conf: calls from the line" },
    text: `[from-trunk]
exten => _X.,1,Stasis(${app},in,\${EXTEN})
 same => n,Dial(PJSIP/101,30)
 same => n,Hangup()`,
  },
];
