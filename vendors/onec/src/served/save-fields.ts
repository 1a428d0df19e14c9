import type { Answer } from "@svyazka/core";
import type { Declared, EntityKind } from "../adapter/payload.ts";
import type { FieldsCall } from "../protocol.ts";
import { done } from "./replies.ts";
import type { Scene } from "./scene.ts";

/** 2.7: the set of keys is the message, and replaces the one before (A8). */
export async function saveFields({ kit }: Scene, kind: EntityKind, { declared, unknown }: FieldsCall): Promise<Answer> {
  const inn = declared.find((one) => one.kind === "inn")?.field;
  const value: Declared = {
    fields: declared.filter((one) => one.kind === "p").map(({ field }) => field),
    ...(inn !== undefined && { inn }),
    keys: { ...Object.fromEntries(declared.map((one) => [one.key, one.value])), ...unknown },
  };
  await kit.store.put("declared", kind, value);
  return { ...done(null), detail: `Сопоставлено полей: ${declared.length}` };
}
