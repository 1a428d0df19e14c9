import { get, load } from "./load.ts";
import { addSite, makeDataDir, pssMib, startHub } from "./processes.ts";
import type { Figure } from "./table.ts";

const starts = 5;

/** Start to first accepted request on an existing data directory, and the memory of a hub that does nothing. */
export async function measureIdle(): Promise<Figure[]> {
  const dataDir = makeDataDir();
  const first = await startHub(dataDir);
  const site = addSite(first, "idle");
  await first.stop();
  const times: number[] = [];
  let idle = 0;
  for (let n = 0; n < starts; n++) {
    const started = performance.now();
    const hub = await startHub(dataDir);
    const { statuses } = await load({
      url: hub.url,
      connections: 1,
      requests: 1,
      request: () => get(`/ctm/form/send?public_token=${site.token}&name=Start&phone=%2B7900000000${n}`),
    });
    if (!statuses.has(200)) throw new Error("the first form was not accepted");
    times.push(performance.now() - started);
    if (n === starts - 1) {
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      idle = pssMib(hub.pid);
    }
    await hub.stop();
  }
  times.sort((a, b) => a - b);
  return [
    {
      what: `Start to first accepted form on an existing data directory (median of ${starts})`,
      value: `${((times[Math.floor(starts / 2)] ?? 0) / 1000).toFixed(2)} s`,
      limit: "—",
      ratio: "—",
      goal: "at most 2 s",
    },
    { what: "Memory of the idle hub process (PSS)", value: `${idle.toFixed(0)} MiB`, limit: "—", ratio: "—", goal: "at most 150 MiB" },
  ];
}
