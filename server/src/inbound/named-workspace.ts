/**
 * What stands before the hub's own name in the host of a request: `romashka` of `https://romashka.hub.example`, where the hub is at `hub.example`. Undefined for the hub's
 * own name and for hosts that are not below it: nobody needs a name for each workspace.
 */
export function namedWorkspace(origin: string | undefined, publicUrl: string): string | undefined {
  const host = URL.parse(origin ?? "")?.hostname.toLowerCase();
  const own = URL.parse(publicUrl)?.hostname.toLowerCase();
  if (host === undefined || own === undefined || !host.endsWith(`.${own}`)) return undefined;
  const name = host.slice(0, -own.length - 1);
  return name.includes(".") ? undefined : name;
}
