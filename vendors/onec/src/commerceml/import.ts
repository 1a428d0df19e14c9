import { ExchangeFileError } from "./error.ts";
import { cleanFileName, isXml, isZip } from "./file-name.ts";
import { type Bytes, ExchangeReader, readExchangeParts } from "./read-exchange.ts";
import type { ExchangeContext, ExchangeSession, ImportState } from "./session.ts";
import { unzip } from "./zip.ts";

/** What one call of `import` came to. */
export interface ImportStep {
  readonly word: "success" | "progress" | "failure";
  readonly text: readonly string[];
  readonly session: ExchangeSession;
}

/** Warnings told to 1C; its report is read by a person. */
const warningsTold = 20;
const nothingYet: ImportState = { done: 0, counterparties: 0, documents: 0, warnings: [], finished: false };

/**
 * Imports a file that was sent, alone or in an archive, as far as `pause` lets it; looking through an archive is a step of its own.
 * A file that is broken in the middle has given all records before that place: each may come again.
 */
export async function importFile(name: string, session: ExchangeSession, context: ExchangeContext): Promise<ImportStep> {
  const state = session.imports[name] ?? nothingYet;
  // The answer was lost and 1C asks again.
  if (state.finished) return { word: "success", text: report(state), session };
  try {
    const files = await context.store.list();
    if (!files.includes(name) || isZip(name)) {
      const unseen = files.find((file) => isZip(file) && !session.archives[file] && (file === name || !isZip(name)));
      if (unseen) return await lookThrough(unseen, session, context);
    }
    const sources = findSources(name, files, session, context);
    if (!sources) return { word: "failure", text: [`Файл ${name} не получен`], session };
    return await importSources(name, sources, state, session, context);
  } catch (error) {
    if (!(error instanceof ExchangeFileError)) throw error;
    // Remembered as begun, so that the file is not continued when it is sent once more.
    return {
      word: "failure",
      text: [`Файл ${name}: ${error.message}`],
      session: { ...session, imports: { ...session.imports, [name]: state } },
    };
  }
}

async function lookThrough(archive: string, session: ExchangeSession, { store }: ExchangeContext): Promise<ImportStep> {
  const names = new Set<string>();
  // Unpacked to the end, so that a bomb or a break is noticed before anything is imported.
  for await (const piece of unzip(store.read(archive))) names.add(piece.name);
  for (const name of names)
    if (cleanFileName(name) === undefined) throw new ExchangeFileError(`в архиве ${archive} недопустимое имя файла`);
  const text = [`Архив ${archive} распакован, файлов: ${names.size}`];
  return { word: "progress", text, session: { ...session, archives: { ...session.archives, [archive]: [...names] } } };
}

/** A file of the store; or one inside an archive; or, when the archive itself is named, all its XML files, counterparties first. */
function findSources(name: string, files: readonly string[], session: ExchangeSession, { store }: ExchangeContext): Bytes[] | undefined {
  const inside = (archive: string, entry: string): Bytes => entryOf(store.read(archive), entry);
  if (files.includes(name) && !isZip(name)) return [store.read(name)];
  if (files.includes(name)) {
    const entries = (session.archives[name] ?? []).filter(isXml);
    const first = entries.filter((entry) => /contragents/i.test(entry));
    return [...first, ...entries.filter((entry) => !first.includes(entry))].map((entry) => inside(name, entry));
  }
  for (const [archive, entries] of Object.entries(session.archives)) {
    const entry = entries.find((each) => cleanFileName(each) === name);
    if (entry !== undefined) return [inside(archive, entry)];
  }
  return undefined;
}

async function* entryOf(archive: Bytes, entry: string): AsyncGenerator<Uint8Array> {
  for await (const { bytes } of unzip(archive, (name) => name === entry)) yield bytes;
}

async function importSources(
  name: string,
  sources: readonly Bytes[],
  before: ImportState,
  session: ExchangeSession,
  { work, pause }: ExchangeContext,
): Promise<ImportStep> {
  let state = before;
  const keep = (): ExchangeSession => ({ ...session, imports: { ...session.imports, [name]: state } });
  let seen = 0;
  const warnings: string[] = [];
  try {
    for (const source of sources) {
      const reader = new ExchangeReader();
      for await (const part of readExchangeParts(source, reader)) {
        if (++seen <= before.done) continue;
        if (part.is === "counterparty") await work.counterparty(part.counterparty);
        else await work.document(part.document);
        const { counterparties, documents } = state;
        state = {
          ...{ ...state, done: seen },
          ...(part.is === "counterparty" ? { counterparties: counterparties + 1 } : { documents: documents + 1 }),
        };
        if (pause()) return { word: "progress", text: [`Обработано записей: ${seen}`], session: keep() };
      }
      warnings.push(...reader.warnings);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { word: "failure", text: [`Файл ${name}: ${why}`], session: keep() };
  }
  state = { ...state, finished: true, warnings: warnings.slice(0, warningsTold) };
  return { word: "success", text: report(state), session: keep() };
}

function report({ counterparties, documents, warnings }: ImportState): string[] {
  return [`Принято контрагентов: ${counterparties}, документов: ${documents}`, ...warnings];
}
