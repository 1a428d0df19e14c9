import type { ConnectionId } from "@svyazka/core";
import type { ImportLinks } from "@svyazka/crm";
import { linksOf } from "../connections/links.ts";

/** What a connection calls our records, for a table that holds its ids: in the transaction of each row. */
export function importLinks(connection: number | undefined): ImportLinks | undefined {
  if (connection === undefined) return undefined;
  const id = connection as ConnectionId;
  return {
    async find(sql, entity, theirs) {
      const link = await linksOf(sql, id).find(entity, theirs);
      return link && Number(link.ours);
    },
    async isAnother(sql, entity, ours, theirs) {
      const links = await linksOf(sql, id).of(entity, String(ours));
      return links.length > 0 && links.every((link) => link.theirs !== theirs);
    },
    save: async (sql, entity, theirs, ours) => linksOf(sql, id).save({ kind: entity, theirs, ours: String(ours) }),
  };
}
