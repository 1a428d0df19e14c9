/** amoCRM knows sources by a name that is ours for good. */
export const sourceName = (id: number, code: string | null): string =>
  code !== null && /^[\x21-\x7e]{1,36}$/.test(code) ? code : `svyazka-${id}`;
