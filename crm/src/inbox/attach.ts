import type { Attached, EventDraft, MessageFile, OwnMessage } from "@svyazka/core";
import { sql as raw } from "kysely";
import { run } from "../page.ts";
import type { Sql } from "../sql.ts";
import { keptFacts } from "./facts.ts";
import { conversationOf, findByExternal, lockMessage } from "./find.ts";
import { getMessage, touch } from "./messages.ts";

/** Where the copy of a file lies, or why there is none. Undefined when the message is not there yet. */
export const attachFile = (
  sql: Sql,
  channel: number,
  at: { readonly message: string; readonly place: number },
  attached: Attached,
): Promise<{ readonly message: OwnMessage; readonly facts: readonly EventDraft[] } | undefined> =>
  sql.transaction(async (sql) => {
    const known = await findByExternal(sql, channel, at.message);
    if (!known) return undefined;
    const { files, id } = await lockMessage(sql, known.message.id);
    const file = files[at.place];
    // What we have sent ourselves lies with us already.
    if (file && file.file === undefined && file.error === undefined) {
      const changed: readonly MessageFile[] = files.map((one, place) => (place === at.place ? { ...one, ...attached } : one));
      await run(
        sql,
        raw`update crm.message set files = ${JSON.stringify(changed)}::jsonb where workspace = ${sql.workspace} and id = ${id}`,
      );
      await touch(sql, known.message);
    }
    const now = await getMessage(sql, id);
    const isTold = now.direction === "in" || now.origin === "phone";
    return { message: now, facts: isTold ? await keptFacts(sql, now, await conversationOf(sql, now)) : [] };
  });
