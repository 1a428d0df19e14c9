import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "./ui/page.css";
import { MantineProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { makeQueryClient } from "./data/queries.ts";
import { sessionQuery } from "./data/session.ts";
import { makeRouter } from "./routes.tsx";
import { browserLanguage, type Language, languages, TextProvider } from "./text/text.tsx";
import { contrastingVariables, theme } from "./ui/theme.ts";

const client = makeQueryClient();
const router = makeRouter(client);

/** In the language of the person's profile; before the sign-in, in that of their browser. */
function Page() {
  const { data: session } = useQuery({ ...sessionQuery, enabled: false });
  const chosen = session?.user?.language as Language | undefined;
  const language = chosen && languages.includes(chosen) ? chosen : browserLanguage();
  return (
    <TextProvider language={language}>
      <ModalsProvider>
        <Notifications position="bottom-right" limit={4} />
        <RouterProvider router={router} />
      </ModalsProvider>
    </TextProvider>
  );
}

const root = document.getElementById("root");
if (!root) throw new Error("the page has no place for the console");
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <MantineProvider theme={theme} cssVariablesResolver={contrastingVariables} defaultColorScheme="auto">
        <Suspense>
          <Page />
        </Suspense>
      </MantineProvider>
    </QueryClientProvider>
  </StrictMode>,
);
