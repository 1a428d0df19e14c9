export interface Figure {
  readonly what: string;
  readonly value: string;
  readonly limit: string;
  readonly ratio: string;
  readonly goal: string;
}

export const table = (figures: readonly Figure[]): string =>
  [
    "| figure | measured | limit, same run | ratio | goal |",
    "| --- | --- | --- | --- | --- |",
    ...figures.map((f) => `| ${f.what} | ${f.value} | ${f.limit} | ${f.ratio} | ${f.goal} |`),
  ].join("\n");
