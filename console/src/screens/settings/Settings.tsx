import { Box, Grid, NavLink } from "@mantine/core";
import { Link, useParams } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import { useMay } from "../../data/session.ts";
import type { Text } from "../../text/en/index.ts";
import { useText } from "../../text/text.tsx";
import { Empty, Waiting } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";

type Section = keyof Text["settings"]["sections"];

const sections = {
  company: { needs: "hub:write", screen: lazy(async () => ({ default: (await import("./Company.tsx")).CompanySettings })) },
  people: { needs: "users:write", screen: lazy(async () => ({ default: (await import("./People.tsx")).People })) },
  pipelines: { needs: "crm:setup", screen: lazy(async () => ({ default: (await import("./Pipelines.tsx")).Pipelines })) },
  fields: { needs: "crm:setup", screen: lazy(async () => ({ default: (await import("./Fields.tsx")).Fields })) },
  lists: { needs: "crm:setup", screen: lazy(async () => ({ default: (await import("./Lists.tsx")).Lists })) },
  audit: { needs: "hub:write", screen: lazy(async () => ({ default: (await import("./Audit.tsx")).Audit })) },
  system: { needs: "hub:read", screen: lazy(async () => ({ default: (await import("./System.tsx")).System })) },
  tokens: { needs: "hub:write", screen: lazy(async () => ({ default: (await import("./Tokens.tsx")).Tokens })) },
} as const satisfies Partial<
  Record<Section, { needs: "hub:write" | "users:write" | "crm:setup" | "hub:read"; screen: React.ComponentType }>
>;
type Built = keyof typeof sections;

/** What the company, its people and its CRM are made of. */
export function Settings() {
  const text = useText();
  const may = useMay();
  const { section } = useParams({ strict: false }) as { section?: string };
  const open = (Object.keys(sections) as Built[]).filter((name) => may(sections[name].needs));
  const chosen = open.find((name) => name === section) ?? open[0];
  if (!chosen) return <Empty title={text.common.notAllowed} />;
  const { screen: Chosen } = sections[chosen];
  return (
    <Screen title={text.settings.title}>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, sm: 3 }}>
          <Box component="nav" aria-label={text.settings.title}>
            {open.map((name) => (
              <NavLink
                key={name}
                component={Link}
                to={`/settings/${name}` as "/settings"}
                label={text.settings.sections[name]}
                active={name === chosen}
                aria-current={name === chosen ? "page" : undefined}
                style={{ borderRadius: 8 }}
              />
            ))}
          </Box>
        </Grid.Col>
        <Grid.Col span={{ base: 12, sm: 9 }}>
          <Suspense fallback={<Waiting />}>
            <Chosen />
          </Suspense>
        </Grid.Col>
      </Grid>
    </Screen>
  );
}
