import { load, post } from "./load.ts";
import { type Server, type Site, startBare } from "./processes.ts";
import type { Figure } from "./table.ts";

/** Forms accepted durably per second, against a bare handler that commits one row of the same bytes. */
export async function measureIntake(hub: Server, site: Site, databaseUrl: string, seconds: number): Promise<Figure[]> {
  const bare = await startBare(databaseUrl, "0");
  let people = 0;
  const form = () => {
    const n = people++;
    return post(
      "/ctm/form/send",
      `public_token=${site.token}&name=Person+${n}&phone=%2B7${9_000_000_000 + n}&description=Please+call+me+back&utm_source=bench`,
    );
  };
  const figures: Figure[] = [];
  try {
    for (const url of [bare.url, hub.url]) await load({ url, connections: 16, seconds: 2, request: form });
    for (const connections of [16, 64]) {
      const limit = await load({ url: bare.url, connections, seconds, request: form });
      const measured = await load({ url: hub.url, connections, seconds, request: form });
      const wrong = [...measured.statuses].filter(([status]) => status !== 200);
      if (wrong.length > 0) throw new Error(`Not every form was accepted: ${JSON.stringify(wrong)}`);
      figures.push({
        what: `Accepted durably, ${connections} connections`,
        value: `${measured.perSecond.toFixed(0)}/s, p50 ${measured.p50Ms.toFixed(1)} ms, p99 ${measured.p99Ms.toFixed(1)} ms`,
        limit: `${limit.perSecond.toFixed(0)}/s, p99 ${limit.p99Ms.toFixed(1)} ms`,
        ratio: (measured.perSecond / limit.perSecond).toFixed(2),
        goal: connections === 64 ? "ratio at least 1.0" : "p99 at most 25 ms",
      });
    }
  } finally {
    await bare.stop();
  }
  return figures;
}
