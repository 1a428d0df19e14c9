import * as contract from "@svyazka/contract";
import type { Hub } from "../hub.ts";
import { replay } from "../inbound/replay.ts";
import { preview } from "../journal/preview.ts";
import { searchJournal, summarise } from "../journal/search.ts";
import { tellStory } from "../journal/story.ts";
import { moment } from "./crm/requests.ts";
import { type Implementation, implement } from "./implement.ts";
import { limitOf, uuidCursor } from "./pages.ts";

export function journalRoutes(hub: Hub): readonly Implementation[] {
  return [
    implement(contract.listJournal, async ({ query, sql }) => {
      const { connection, outcome, state } = query;
      const q = query.q?.replaceAll("\0", "");
      const { lines, next, searchedUntil } = await searchJournal(sql, {
        ...{ q, connection, outcome, state },
        receivedFrom: moment("received_from", query.received_from),
        receivedTo: moment("received_to", query.received_to),
        before: uuidCursor(query) ?? undefined,
        limit: limitOf(query),
      });
      const summaries = await summarise(sql, lines);
      return {
        items: lines.map((line) => {
          const summary = summaries.get(line.id);
          return {
            ...line,
            received_at: line.received_at.toISOString(),
            types: summary?.types ?? [],
            subject: summary?.subject ?? null,
            deliveries: { ...summary?.states },
          };
        }),
        next_cursor: next ?? null,
        searched_until: searchedUntil?.toISOString() ?? null,
      };
    }),

    implement(contract.getJournal, ({ params, sql }) => tellStory(hub, sql, params.id)),

    implement(contract.previewJournal, ({ params, sql }) => preview(hub, sql, params.id)),

    implement(contract.replayJournal, ({ params, sql }) => replay(hub, sql, params.id)),
  ];
}
