import { createHash } from "node:crypto";
import type { Answer, Installed, Kit, Package, Packages } from "@svyazka/core";
import { NotFound } from "@svyazka/core";
import { compareVersions, type HandlersCall, type PlainCall } from "../protocol.ts";
import type { OneC } from "../settings.ts";
import { type AtDoor, basesOf } from "./bases.ts";
import { done } from "./replies.ts";
import type { Scene } from "./scene.ts";

/** Handler packages: any JSON, kept as it came, numbered 1, 2, 3 …; a number is never used again (onec.md §9). They belong to the company, and not to a base (A17). */

interface Kept extends Package {
  /** The base it came from. */
  readonly base: string;
}

/** 2.10. The same content again is the same version again. */
export function takeHandlers({ kit }: Pick<AtDoor, "kit">, { handlers, id_base }: HandlersCall): Promise<Answer> {
  const content = JSON.stringify(handlers);
  const sha256 = createHash("sha256").update(content).digest("hex");
  return kit.exclusively(["packages"], async () => {
    const newest = await newestOf(kit);
    if (newest?.sha256 === sha256) return { ...done({ version: newest.version }), detail: `Пакет ${newest.version} уже есть` };
    const version = await publish(
      kit,
      { sha256, bytes: Buffer.byteLength(content), author: `base ${id_base}`, base: id_base, ...noteOn(handlers) },
      content,
    );
    return { ...done({ version }), detail: `Пакет обработчиков ${version}` };
  });
}

/** An external processor of 1C begins with these bytes (measured): worth a word, never a refusal. */
const noteOn = (handlers: unknown): { readonly note?: string } =>
  typeof handlers === "string" && handlers.replace(/\s/g, "").startsWith("////f") ? { note: "epf" } : {};

async function publish(kit: Kit, about: Omit<Kept, "version" | "at">, content?: string): Promise<number> {
  const version = ((await newestOf(kit))?.version ?? 0) + 1;
  // The content before the number that leads to it.
  if (content !== undefined) await kit.store.put("package-content", about.sha256, content);
  await kit.store.put("package", String(version), { ...about, version, at: kit.now().toISOString() } satisfies Kept);
  await kit.store.put("package-newest", "number", version);
  return version;
}

async function newestOf(kit: Kit): Promise<Kept | undefined> {
  const version = await kit.store.get<number>("package-newest", "number");
  return version === undefined ? undefined : kit.store.get<Kept>("package", String(version));
}

/** The one that a base is pinned to, or else the newest. */
async function dueFor(kit: Kit, base: string): Promise<Kept | undefined> {
  const pinned = await kit.store.get<number>("package-pin", base);
  return pinned === undefined ? newestOf(kit) : ((await kit.store.get<Kept>("package", String(pinned))) ?? newestOf(kit));
}

/** 2.8. Bases ask for it again and again. */
export async function actualVersion({ doorKit }: Scene, { id_base }: PlainCall): Promise<Answer> {
  return done({ version: (await dueFor(doorKit, id_base))?.version ?? 0 });
}

/** 2.9. Before anything was published there is nothing, in the same shape. */
export async function actualHandlers({ doorKit }: Scene, { id_base }: PlainCall): Promise<Answer> {
  const due = await dueFor(doorKit, id_base);
  const content = due && (await doorKit.store.get<string>("package-content", due.sha256));
  // Put together as text: it may be 32 MiB, and is JSON already.
  const body = `{"success":true,"data":{"version":${due?.version ?? 0},"handlers":${content ?? "null"}},"error":null}`;
  return { ...done(null), body, ...(due && { detail: `Пакет ${due.version}` }) };
}

/** What a person does about packages. `installed` is what each base last said (1.4). */
export function packagesOf(door: OneC, kit: Kit): Packages {
  const mustBe = async (version: number): Promise<Kept> => {
    const found = await kit.store.get<Kept>("package", String(version));
    if (!found) throw new NotFound("package", version);
    return found;
  };
  return {
    async list() {
      const all = await kit.store.list<Kept>("package");
      return all.map(({ value: { base: _base, ...shown } }) => shown).sort((one, other) => other.version - one.version);
    },
    async installed() {
      const bases = await basesOf({ door, kit });
      return Promise.all(
        bases.map(async (base): Promise<Installed> => {
          const where = String(base.settings["id_base"]);
          const baseKit = await kit.siblings.kitOf(base.id);
          const said = await baseKit?.store.get<{ readonly version: string }>("installed", "version");
          const pinned = await kit.store.get<number>("package-pin", where);
          const due = (await dueFor(kit, where))?.version;
          return {
            ...{ where, name: base.name },
            ...(said && { version: said.version }),
            ...(pinned !== undefined && { pinned }),
            ...(due !== undefined && { due }),
            isCurrent: due === undefined || (said !== undefined && compareVersions(said.version, due) === 0),
          };
        }),
      );
    },
    publish: (version) =>
      kit.exclusively(["packages"], async () => {
        const { version: _version, at: _at, ...same } = await mustBe(version);
        return publish(kit, { ...same, author: `${same.author}, = ${version}` });
      }),
    async pin(where, version) {
      if (version === undefined) return kit.store.remove("package-pin", where);
      await mustBe(version);
      await kit.store.put("package-pin", where, version);
    },
  };
}
