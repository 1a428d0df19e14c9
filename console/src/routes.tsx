import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";
import { ApiProblem } from "./data/client.ts";
import { sessionQuery } from "./data/session.ts";
import { Broken, NotFound } from "./screens/shell/NotFound.tsx";
import { Waiting } from "./ui/problem.tsx";

/** Every address of the console. Screens are loaded when they are gone to. */

type Search = Record<string, string | number | boolean | undefined>;
/** A screen keeps its filters in its address, so that a link shows the same. */
const anySearch = (search: Record<string, unknown>): Search => search as Search;

const root = createRootRouteWithContext<{ client: QueryClient }>()({ component: Outlet, notFoundComponent: NotFound });

const outside = createRoute({
  getParentRoute: () => root,
  id: "outside",
  component: lazyRouteComponent(() => import("./screens/entrance/Entrance.tsx"), "Entrance"),
});
const entrances = [
  createRoute({
    getParentRoute: () => outside,
    path: "/sign-in",
    validateSearch: anySearch,
    component: lazyRouteComponent(() => import("./screens/entrance/SignIn.tsx"), "SignIn"),
  }),
  createRoute({
    getParentRoute: () => outside,
    path: "/setup",
    component: lazyRouteComponent(() => import("./screens/entrance/SetUp.tsx"), "SetUp"),
  }),
  createRoute({
    getParentRoute: () => outside,
    path: "/invitation",
    component: lazyRouteComponent(() => import("./screens/entrance/Invitation.tsx"), "Invitation"),
  }),
];

/** Behind the sign-in. */
const inside = createRoute({
  getParentRoute: () => root,
  id: "inside",
  component: lazyRouteComponent(() => import("./screens/shell/Shell.tsx"), "Shell"),
  beforeLoad: async ({ context, location }) => {
    try {
      await context.client.ensureQueryData(sessionQuery);
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) {
        throw redirect({ to: "/sign-in", search: location.pathname === "/" ? {} : { to: location.href } });
      }
      throw error;
    }
  },
});

const home = createRoute({
  getParentRoute: () => inside,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/deals" });
  },
});

const screen = <Path extends string>(path: Path, load: () => Promise<Record<string, unknown>>, name: string) =>
  createRoute({
    getParentRoute: () => inside,
    path,
    validateSearch: anySearch,
    component: lazyRouteComponent(load as () => Promise<Record<string, () => null>>, name),
  });

/** The list stays as it is while one goes from conversation to conversation. */
const inbox = screen("/inbox", () => import("./screens/inbox/Inbox.tsx"), "Inbox");

const screens = [
  screen("/deals", () => import("./screens/deals/Deals.tsx"), "Deals"),
  screen("/deals/$id", () => import("./screens/deals/DealPage.tsx"), "DealPage"),
  screen("/contacts", () => import("./screens/contacts/Contacts.tsx"), "Contacts"),
  screen("/contacts/$id", () => import("./screens/contacts/ContactPage.tsx"), "ContactPage"),
  screen("/companies", () => import("./screens/contacts/Contacts.tsx"), "Companies"),
  screen("/companies/$id", () => import("./screens/contacts/ContactPage.tsx"), "CompanyPage"),
  screen("/tasks", () => import("./screens/tasks/Tasks.tsx"), "Tasks"),
  screen("/connections", () => import("./screens/connections/Connections.tsx"), "Connections"),
  screen("/connections/new", () => import("./screens/connections/Gallery.tsx"), "Gallery"),
  screen("/connections/new/$vendor", () => import("./screens/connections/NewConnection.tsx"), "NewConnection"),
  screen("/connections/$id", () => import("./screens/connections/ConnectionPage.tsx"), "ConnectionPage"),
  screen("/routes", () => import("./screens/routes/Routes.tsx"), "Routes"),
  screen("/journal", () => import("./screens/journal/Journal.tsx"), "Journal"),
  screen("/journal/$id", () => import("./screens/journal/JournalEntry.tsx"), "JournalEntry"),
  screen("/deliveries", () => import("./screens/deliveries/Deliveries.tsx"), "Deliveries"),
  screen("/duplicates", () => import("./screens/duplicates/Duplicates.tsx"), "Duplicates"),
  screen("/trash", () => import("./screens/trash/Trash.tsx"), "Trash"),
  screen("/import", () => import("./screens/import/Import.tsx"), "Import"),
  screen("/import/$id", () => import("./screens/import/ImportPage.tsx"), "ImportPage"),
  screen("/reports", () => import("./screens/reports/Reports.tsx"), "Reports"),
  inbox.addChildren([createRoute({ getParentRoute: () => inbox, path: "$id", validateSearch: anySearch })]),
  screen("/start", () => import("./screens/start/Start.tsx"), "Start"),
  screen("/profile", () => import("./screens/profile/Profile.tsx"), "Profile"),
  screen("/settings", () => import("./screens/settings/Settings.tsx"), "Settings"),
  screen("/settings/$section", () => import("./screens/settings/Settings.tsx"), "Settings"),
  screen("/calls", () => import("./screens/calls/Calls.tsx"), "Calls"),
];

const tree = root.addChildren([outside.addChildren(entrances), inside.addChildren([home, ...screens])]);

export const makeRouter = (client: QueryClient) =>
  createRouter({
    routeTree: tree,
    context: { client },
    defaultPreload: "intent",
    defaultPendingComponent: Waiting,
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
