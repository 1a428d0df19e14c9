import { type Attached, Closed, type FlowContext, NotYet, Refused, type ToldFile, Unavailable } from "@svyazka/core";

/** Bytes. */
const largestBytes = 104_857_600;
/** A link that has been dead for so many tries, more than half a minute, stays dead: others wait for the message that it is of. */
const mostTries = 3;

/** A file of a message in our own storage, or why there is no copy. Throws while there may be one later. */
export async function copyFile({ ref, name }: ToldFile, days: number, at: Pick<FlowContext, "keepFile" | "attempt">): Promise<Attached> {
  try {
    const { id, type, bytes } = await at.keepFile(ref, { days, attachment: { name, largestBytes } });
    return { file: id, type, bytes };
  } catch (error) {
    if (error instanceof Refused || (isDead(error) && at.attempt >= mostTries)) return { error: error.message };
    throw error;
  }
}

/** That it was not our turn, or that the far side as a whole is shut, says nothing of the link. */
const isDead = (error: unknown): error is Unavailable =>
  error instanceof Unavailable && !(error instanceof NotYet) && !(error instanceof Closed);
