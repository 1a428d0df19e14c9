import type { ConnectionId, Phone, Route } from "@svyazka/core";
import { routeToResponsible } from "@svyazka/flows";
import type { WorkspaceView } from "./registry.ts";

/** Where a call of this connection is to go: as a program that is attached to it says, or else as our own index of phones does. */
export async function routeCall(
  view: WorkspaceView,
  id: ConnectionId,
  call: { readonly call: string; readonly client: Phone; readonly line?: string },
): Promise<Route> {
  for (const target of view.targets("callFeed", id)) {
    const answer = await target.connected().callFeed?.ask(call);
    if (answer) return answer;
  }
  if (call.client.e164 === undefined || call.client.tollFree) return {};
  const { userMapping = {}, directory } = view.connections.get(id)?.connection ?? {};
  for (const target of view.targets("phoneBook", id)) {
    const caller = await target.connected().phoneBook?.find(call.client);
    if (caller) return routeToResponsible(caller, { userMapping, users: directory?.users ?? [] });
  }
  return {};
}
