import { type ChoiceBase, choices } from "./choices.ts";

/** A department: users belong to one or to none. */
export type Group = ChoiceBase;

export const groups = choices<Group>({
  table: "user_group",
  noun: "group",
  columns: [],
  async onDelete(sql, id) {
    await sql.query({
      text: "update crm.user_account set user_group = null, updated_at = statement_timestamp() where workspace = $1 and user_group = $2",
      values: [sql.workspace, id],
    });
  },
});
