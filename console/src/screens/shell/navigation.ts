import {
  IconAddressBook,
  IconBuilding,
  IconChartBar,
  IconChecklist,
  IconLayoutKanban,
  IconListDetails,
  IconMessages,
  IconPhone,
  IconPlugConnected,
  IconRoute,
  IconSend,
  IconSettings,
} from "@tabler/icons-react";
import type { Text } from "../../text/en/index.ts";

export interface Place {
  readonly name: keyof Text["shell"]["nav"];
  readonly to: string;
  readonly icon: typeof IconPhone;
  /** Pressed after `g`. */
  readonly key: string;
}

export const salesPlaces: readonly Place[] = [
  { name: "deals", to: "/deals", icon: IconLayoutKanban, key: "d" },
  { name: "contacts", to: "/contacts", icon: IconAddressBook, key: "c" },
  { name: "companies", to: "/companies", icon: IconBuilding, key: "o" },
  { name: "tasks", to: "/tasks", icon: IconChecklist, key: "t" },
  { name: "calls", to: "/calls", icon: IconPhone, key: "l" },
  { name: "inbox", to: "/inbox", icon: IconMessages, key: "i" },
  { name: "reports", to: "/reports", icon: IconChartBar, key: "r" },
];

/** For those who may look into the hub. */
export const hubPlaces: readonly Place[] = [
  { name: "connections", to: "/connections", icon: IconPlugConnected, key: "n" },
  { name: "routes", to: "/routes", icon: IconRoute, key: "u" },
  { name: "journal", to: "/journal", icon: IconListDetails, key: "j" },
  { name: "deliveries", to: "/deliveries", icon: IconSend, key: "e" },
];

export const settingsPlace: Place = { name: "settings", to: "/settings", icon: IconSettings, key: "s" };
