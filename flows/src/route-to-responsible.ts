import type { Caller, DirectoryUser, Route } from "@svyazka/core";

/** Rings the person whose client is calling, if they still work here and have a phone at this PBX. Not about an event: the answer to a question. */
export function routeToResponsible(
  caller: Caller,
  by: { readonly userMapping: Readonly<Record<string, string>>; readonly users: readonly DirectoryUser[] },
): Route {
  const isActive = by.users.some(({ id, active }) => active && id === caller.responsible);
  const account = isActive ? Object.keys(by.userMapping).find((theirs) => by.userMapping[theirs] === caller.responsible) : undefined;
  return { name: caller.name, caller, ...(account !== undefined && { account }) };
}
