import type { Sql } from "@svyazka/crm";

export interface ChannelHealth {
  readonly last_incoming_at: string | null;
  readonly last_sent_at: string | null;
  readonly day: {
    readonly incoming: number;
    readonly sent: number;
    readonly failed: number;
    readonly unknown: number;
    readonly waiting: number;
  };
  readonly states: { readonly at: string; readonly ok: boolean; readonly message: string }[];
}

/** How a channel of messages has been doing: what came and went in the last 24 hours, and when its state changed. */
export async function channelHealth(sql: Sql, channel: number): Promise<ChannelHealth> {
  const [counts] = await sql.query<Record<"incoming" | "sent" | "failed" | "unknown" | "waiting", number>>({
    text: `with talked as (select id from crm.conversation where workspace = $1 and channel = $2 and updated_at > now() - interval '1 day'),
        day as (select m.direction, m.state from crm.message m join talked on m.conversation = talked.id
          where m.workspace = $1 and m.at > now() - interval '1 day')
      select count(*) filter (where direction = 'in')::int as incoming,
        count(*) filter (where direction = 'out' and state in ('sent', 'delivered', 'read'))::int as sent,
        count(*) filter (where state = 'failed')::int as failed, count(*) filter (where state = 'unknown')::int as unknown,
        (select count(*)::int from crm.message m where m.workspace = $1 and m.channel = $2 and m.state = 'waiting') as waiting
      from day`,
    values: [sql.workspace, channel],
  });
  const [last] = await sql.query<{ incoming: Date | null; sent: Date | null }>({
    text: `select max(c.last_incoming_at) as incoming,
        (select max(m.at) from crm.message m where m.workspace = $1 and m.direction = 'out' and m.state in ('sent', 'delivered', 'read')
          and m.conversation = any(array(select id from crm.conversation where workspace = $1 and channel = $2 order by updated_at desc limit 100))) as sent
      from crm.conversation c where c.workspace = $1 and c.channel = $2`,
    values: [sql.workspace, channel],
  });
  const states = await sql.query<{ at: Date; ok: boolean; message: string }>({
    text: "select at, ok, message from hub.health_change where workspace = $1 and connection = $2 order by id desc limit 50",
    values: [sql.workspace, channel],
  });
  return {
    last_incoming_at: last?.incoming?.toISOString() ?? null,
    last_sent_at: last?.sent?.toISOString() ?? null,
    day: counts ?? { incoming: 0, sent: 0, failed: 0, unknown: 0, waiting: 0 },
    states: states.map(({ at, ...state }) => ({ at: at.toISOString(), ...state })),
  };
}
