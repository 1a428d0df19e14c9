import type { Connected, Kit, StopSignal, Vendor } from "@svyazka/core";
import { runExchange } from "./exchange.ts";
import { type Exchange, settings } from "./settings.ts";
import { ariOf, telephonyOf } from "./telephony.ts";

/** One's own Asterisk (18 to 22) as a call engine, through ARI. */
export const asterisk: Vendor<typeof settings> = {
  id: "asterisk",
  title: { ru: "Свой Asterisk (ARI)", en: "Your own Asterisk (ARI)" },
  settings,
  connect: (exchange: Exchange, kit: Kit): Connected => telephonyOf(exchange, kit),
  listen: (exchange: Exchange, kit: Kit, signal: StopSignal): Promise<void> => runExchange(exchange, kit, ariOf(exchange, kit), signal),
};
