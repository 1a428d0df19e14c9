import "./ui/styles.ts";
import "@mantine/notifications/styles.css";
import "./ui/page.css";
import { MantineProvider, MantineThemeProvider } from "@mantine/core";
import { ModalsProvider } from "@mantine/modals";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider, useQuery } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { type ReactNode, StrictMode, Suspense, useMemo } from "react";
import { createRoot } from "react-dom/client";
import { makeQueryClient } from "./data/queries.ts";
import { sessionQuery } from "./data/session.ts";
import { makeRouter } from "./routes.tsx";
import { browserLanguage, type Language, languages, TextProvider, useText } from "./text/text.tsx";
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
      <NamedButtons>
        <ModalsProvider>
          <Notifications position="bottom-right" limit={4} />
          <RouterProvider router={router} />
        </ModalsProvider>
      </NamedButtons>
    </TextProvider>
  );
}

const named = (label: string) => ({ "aria-label": label });

/** Buttons that the components draw by themselves have no words; a screen reader needs them. */
function NamedButtons({ children }: { readonly children: ReactNode }) {
  const { close, clear } = useText().common.actions;
  const theme = useMemo(
    () => ({
      components: {
        Notification: { defaultProps: { closeButtonProps: named(close) } },
        Modal: { defaultProps: { closeButtonProps: named(close) } },
        Select: { defaultProps: { clearButtonProps: named(clear) } },
        MultiSelect: { defaultProps: { clearButtonProps: named(clear) } },
        TagsInput: { defaultProps: { clearButtonProps: named(clear) } },
      },
    }),
    [close, clear],
  );
  return <MantineThemeProvider theme={theme}>{children}</MantineThemeProvider>;
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
