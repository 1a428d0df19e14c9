/**
 * A name as 1C gives it, made fit to be kept: back-slashes turned, `/tmp/` and `upload/1c/webdata` in front taken off (both
 * are sent by modules
 * that think of the shop's own folders). Undefined for one that climbs out, names a drive, holds control characters or more than 255 signs.
 */
export function cleanFileName(given: string | undefined): string | undefined {
  const turned = (given ?? "").trim().replace(/\\/g, "/");
  if (/[\u0000-\u001f\u007f:*?"<>|]/.test(turned)) return undefined;
  const segments = turned
    .replace(/^\/*(tmp|upload\/1c[\w.-]*(?:\/webdata)?)\//i, "")
    .split("/")
    .filter((segment) => segment !== "" && segment !== ".");
  const name = segments.join("/");
  if (name === "" || name.length > 255 || segments.some((segment) => /^\.\.+$/.test(segment.trim()))) return undefined;
  return name;
}

export const isZip = (name: string): boolean => /\.zip$/i.test(name);
export const isXml = (name: string): boolean => /\.xml$/i.test(name);
