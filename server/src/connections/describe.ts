import { existsSync } from "node:fs";
import { type AnyVendor, type EventType, portNames, type Setting } from "@svyazka/core";
import type { LiveConnection } from "./registry.ts";

/** What a vendor is and what it asks for, as a form needs it. */
export function describeVendor(vendor: AnyVendor) {
  const page = `docs/${vendor.id}.md`;
  return {
    id: vendor.id,
    title: { ...vendor.title },
    about: { ...(vendor.about ?? vendor.title) },
    docs: existsSync(new URL(`../../../${page}`, import.meta.url)) ? page : null,
    abilities: [...ways(vendor), ...(vendor.ports ?? []).map(wireName)],
    keys: Object.fromEntries(
      Object.entries(vendor.keys ?? {}).map(([kind, { title, settings, ...rest }]) => [
        kind,
        { title: { ...title }, settings: { ...settings }, ...rest },
      ]),
    ),
    maps_fields: vendor.sentFields !== undefined,
    settings: Object.entries(vendor.settings as Record<string, Setting>).map(([name, setting]) => describeSetting(name, setting)),
  };
}

/** What a connection can do as it is set up; nothing while it is removed. */
export function abilitiesOf(live: LiveConnection | undefined, hears: (type: EventType) => boolean): string[] {
  if (!live) return [];
  const { vendor, connection } = live;
  const connected = live.connected();
  const has = (settings: Readonly<Record<string, unknown>>): boolean =>
    Object.entries(settings).every(([name, value]) => (connection.settings as Readonly<Record<string, unknown>>)[name] === value);
  const isProgram = has(vendor.integration ?? {});
  const keys = Object.values(vendor.keys ?? {});
  const isKey = keys.length === 0 || keys.some(({ settings }) => has(settings));
  const takes = vendor.receives?.(connection) ?? true;
  const isSo: Readonly<Record<string, () => boolean>> = {
    receives: () => takes,
    listens: () => vendor.listens?.(connection, hears) ?? true,
    polled: () => vendor.polls?.(connection) ?? true,
    serves: () => isProgram && isKey && takes,
    integrations: () => isProgram,
  };
  const does = ways(vendor).filter((way) => isSo[way]?.() ?? true);
  const own = [
    ...(connected.move ? ["move"] : []),
    ...(connected.decisions ? ["decides"] : []),
    ...(connected.signIn ? ["signs_in"] : []),
    ...(connected.packages ? ["packages"] : []),
  ];
  return [...does, ...own, ...portNames.filter((name) => connected[name] !== undefined).map(wireName)];
}

const ways = (vendor: AnyVendor): string[] => [
  ...(vendor.door && vendor.receive ? ["receives"] : []),
  ...(vendor.servesApi ? ["serves"] : []),
  ...(vendor.integration ? ["integrations"] : []),
  ...(vendor.listen ? ["listens"] : []),
  ...(vendor.poll ? ["polled"] : []),
  ...(vendor.tests ? ["tests"] : []),
];

const wireName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function describeSetting(name: string, setting: Setting) {
  const { type, label, hint, group, advanced, placeholder, when, picks } = setting;
  return {
    name,
    type,
    label: { ...label },
    ...(hint && { hint: { ...hint } }),
    group: group ? { ...group } : null,
    advanced: advanced ?? false,
    required: "required" in setting && setting.required === true,
    ...("default" in setting && setting.default !== undefined && { default: setting.default }),
    ...("options" in setting && {
      options: Object.fromEntries(Object.entries(setting.options ?? {}).map(([key, text]) => [key, { ...text }])),
    }),
    ...(placeholder !== undefined && { placeholder }),
    ...(setting.type === "text" && setting.pattern && { pattern: setting.pattern.source }),
    ...(setting.type === "text" && setting.picture && { picture: true }),
    ...(setting.type === "number" && {
      ...(setting.min !== undefined && { min: setting.min }),
      ...(setting.max !== undefined && { max: setting.max }),
    }),
    ...(when && { when: { setting: when.setting, is: [...when.is] } }),
    ...(picks && { picks }),
    ...(setting.type === "secret" && {
      secret: {
        generated: setting.generated ?? false,
        door: setting.door ?? false,
        kept: setting.kept ?? false,
        public: setting.public ?? false,
      },
    }),
  };
}
