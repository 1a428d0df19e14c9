/** Secrets as they are and as they look inside an address or a form. What is too short to be one would take half of every text along. */
export const spellingsOf = (secrets: readonly string[]): readonly string[] => [
  ...new Set(secrets.filter((secret) => secret.length >= 4).flatMap((secret) => [secret, encodeURIComponent(secret)])),
];

/** Takes secrets (in the spellings of `spellingsOf`) out of a text. */
export function redact(text: string, spellings: readonly string[]): string {
  let clean = text;
  for (const spelling of spellings) if (clean.includes(spelling)) clean = clean.replaceAll(spelling, "***");
  return clean;
}

/** As `redact`, for a value of JSON: what a sender typed into a text is a secret all the same. */
export const redactJson = <T>(value: T, spellings: readonly string[]): T => {
  const text = JSON.stringify(value);
  const clean = redact(text, spellings);
  return clean === text ? value : (JSON.parse(clean) as T);
};

/** Headers that carry credentials whatever the vendor. */
const credentials = new Set(["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-secret-token"]);

export function redactHeaders(headers: Readonly<Record<string, string>>, secrets: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, credentials.has(name) ? "***" : redact(value, secrets)]));
}
