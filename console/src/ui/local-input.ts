/** A moment as an input of date and time takes it: in the clock of whoever looks. */
export const localInput = (date: Date): string => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
