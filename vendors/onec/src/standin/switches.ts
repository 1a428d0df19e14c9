/** What goes wrong, and how often. All of it is seen in the field: see README.md for the sources. */
export interface Switches {
  /** Closed for maintenance: 403, a byte order mark, and JSON with the platform's words. */
  closed: boolean;
  /** Nobody answers: the line is cut before anything is done. */
  down: boolean;
  /** Answers take so long. */
  slowMs: number;
  /** Each so-many-th request finds its session dead: 406 and XML, nothing is done. 0 is never. */
  sessionLost: number;
  /** Two sessions want one record: 500. */
  locked: boolean;
  /** Each so-many-th answer is lost after the work was done. 0 is never. */
  failRate: number;
  /** A byte order mark before answers, and before the bodies of calls to the hub. */
  bom: boolean;
  /** Counterparties are told of with an ИНН whose check sum is wrong. */
  wrongInn: boolean;
  /** Each call to the hub is sent twice at once. */
  duplicatePosts: boolean;
  /** Sums are sent as `Строка()` prints them: `1 234,50` with a no-break space. */
  printedSums: boolean;
  /** A careless handler: without `id_1c` it makes a new record each time. */
  forgetful: boolean;
}

export const noTrouble = (): Switches => ({
  ...{ closed: false, down: false, slowMs: 0, sessionLost: 0, locked: false, failRate: 0 },
  ...{ bom: false, wrongInn: false, duplicatePosts: false, printedSums: false, forgetful: false },
});

/** `1 234,50`: a no-break space between thousands, a comma, no zeros at the end. */
export function printSum(sum: string): string {
  const [whole = "0", part = ""] = sum.split(".");
  const decimals = part.replace(/0+$/, "");
  return whole.replace(/\B(?=(\d{3})+$)/g, "\u00a0") + (decimals === "" ? "" : `,${decimals}`);
}

/** Another last digit. */
export const spoilInn = (inn: string): string => inn.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10));
