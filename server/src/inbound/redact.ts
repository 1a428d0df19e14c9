/** Takes the values of secrets out of a text, as they are and as they look inside an address or a form. */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret.length < 4) continue;
    clean = clean.replaceAll(secret, "***");
    const encoded = encodeURIComponent(secret);
    if (encoded !== secret) clean = clean.replaceAll(encoded, "***");
  }
  return clean;
}

/** Headers that carry credentials whatever the vendor. */
const credentials = new Set(["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-secret-token"]);

export function redactHeaders(headers: Readonly<Record<string, string>>, secrets: readonly string[]): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, credentials.has(name) ? "***" : redact(value, secrets)]));
}
