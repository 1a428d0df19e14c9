import { type Send, type Sleep, sleepReally } from "@svyazka/wire";

/** So long in all one request waits for its turn. */
const mostSeconds = 120;
/** Where nobody says how long. */
const usualSeconds = 2;

/** For work that nobody waits for: a request whose turn it is not yet (an error of that name, of which nothing has left) is sent again, for up to two minutes. */
export const patiently =
  (send: Send, sleep: Sleep = sleepReally): Send =>
  async (request) => {
    for (let waited = 0; ; ) {
      try {
        return await send(request);
      } catch (error) {
        if (!(error instanceof Error && error.name === "NotYet")) throw error;
        const asked = "retryAfterSeconds" in error ? Number(error.retryAfterSeconds) : Number.NaN;
        const seconds = asked > 0 ? asked : usualSeconds;
        waited += seconds;
        if (waited > mostSeconds) throw error;
        await sleep(seconds * 1000);
      }
    }
  };
