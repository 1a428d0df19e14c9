/** The words of a template with its gaps filled: `{{1}}` by the first value. What has none stays a gap. */
export const filled = (text: string, values: readonly string[]): string =>
  text.replace(/\{\{(\d+)\}\}/g, (gap, place: string) => values[Number(place) - 1]?.trim() || gap);
