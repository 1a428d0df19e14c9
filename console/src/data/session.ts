import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ApiProblem, send } from "./client.ts";
import { keyOf } from "./queries.ts";
import type { Session } from "./shapes.ts";

/** Who works here. */

export const sessionQuery = { queryKey: keyOf("whoAmI"), queryFn: () => send("whoAmI"), staleTime: 60_000 } as const;

/** Screens behind the sign-in may count on it. */
export function useSession(): Session {
  const { data } = useQuery(sessionQuery);
  if (!data) throw new Error("a screen behind the sign-in was drawn before anybody signed in");
  return data;
}

/** Whether the person may do this: the server decides; a page only spares them buttons that would be refused. */
export function useMay(): (scope: "crm:write" | "crm:setup" | "hub:read" | "hub:write" | "users:write") => boolean {
  const { scopes } = useSession();
  return (scope) => scopes.includes(scope);
}

/** After a sign-in. What somebody else has asked in this window before is forgotten. */
export function useEnter(): () => Promise<unknown> {
  const client = useQueryClient();
  return () => {
    client.removeQueries({ predicate: ({ queryKey: [operation] }) => operation !== "whoAmI" });
    return client.fetchQuery({ ...sessionQuery, staleTime: 0 });
  };
}

/** Rejects when the hub could not be told: then the session goes on, and the person must know. */
export function useSignOut(): () => Promise<void> {
  const client = useQueryClient();
  return async () => {
    await send("signOut").catch((error: unknown) => {
      if (!(error instanceof ApiProblem && error.status === 401)) throw error;
    });
    client.clear();
    location.assign("/sign-in");
  };
}
