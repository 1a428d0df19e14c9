import { rem } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { createSpotlight, Spotlight, type SpotlightActionGroupData } from "@mantine/spotlight";
import "@mantine/spotlight/styles.css";
import { IconAddressBook, IconBuilding, IconLayoutKanban, IconNote, IconPlus, IconSearch } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useAsk } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { formatPhone } from "../../ui/phone.tsx";
import type { Creation } from "./Create.tsx";
import type { Place } from "./navigation.ts";

const [store, palette] = createSpotlight();

const icons = { contact: IconAddressBook, company: IconBuilding, deal: IconLayoutKanban, note: IconNote } as const;
const pages = { contact: "/contacts/$id", company: "/companies/$id", deal: "/deals/$id" } as const;

/** Finds people, companies and deals, goes to screens and makes records: all from the keyboard. */
export function Palette({
  places,
  onCreate,
  openAtOnce,
}: {
  readonly places: readonly Place[];
  readonly onCreate: (what: Creation) => void;
  /** Counts how often somebody has pressed the button. */
  readonly openAtOnce: number;
}) {
  const text = useText();
  const may = useMay();
  const navigate = useNavigate();
  useEffect(() => {
    if (openAtOnce > 0) palette.open();
  }, [openAtOnce]);
  const [typed, setTyped] = useState("");
  const [query] = useDebouncedValue(typed.trim(), 120);
  const found = useAsk("search", { query: { q: query, limit: 12 } }, { enabled: query !== "", keep: true });
  const needle = typed.trim().toLowerCase();
  const matches = (label: string): boolean => needle === "" || label.toLowerCase().includes(needle);

  const groups: SpotlightActionGroupData[] = [];
  const hits = query === "" ? [] : (found.data?.items ?? []);
  if (hits.length > 0) {
    groups.push({
      group: text.shell.found,
      actions: hits.map((hit) => {
        const Icon = icons[hit.entity];
        return {
          id: `${hit.entity}-${hit.id}`,
          label: hit.name || `${text.common.entities[hit.entity]} #${hit.id}`,
          description: [text.common.entities[hit.entity], hit.phone && formatPhone(hit.phone), hit.email, hit.detail]
            .filter(Boolean)
            .join(" · "),
          leftSection: <Icon size={20} stroke={1.5} />,
          onClick: () => void navigate({ to: pages[hit.entity], params: { id: String(hit.id) } }),
        };
      }),
    });
  }
  const creations = (
    [
      ["deal", text.shell.newDeal],
      ["contact", text.shell.newContact],
      ["company", text.shell.newCompany],
      ["task", text.shell.newTask],
    ] as const
  ).filter(([, label]) => may("crm:write") && matches(label));
  if (creations.length > 0) {
    groups.push({
      group: text.shell.create,
      actions: creations.map(([what, label]) => ({
        id: `new-${what}`,
        label,
        leftSection: <IconPlus size={20} stroke={1.5} />,
        onClick: () => onCreate(what),
      })),
    });
  }
  const screens = places.filter(({ name }) => matches(text.shell.nav[name]));
  if (screens.length > 0) {
    groups.push({
      group: text.shell.go,
      actions: screens.map(({ name, to, icon: Icon, key }) => ({
        id: to,
        label: text.shell.nav[name],
        leftSection: <Icon size={20} stroke={1.5} />,
        rightSection: <kbd>g {key}</kbd>,
        onClick: () => void navigate({ to }),
      })),
    });
  }
  return (
    <Spotlight
      store={store}
      actions={groups}
      query={typed}
      onQueryChange={setTyped}
      // The server has found what fits; nothing is filtered here once more.
      filter={(_, actions) => actions}
      nothingFound={found.isFetching ? text.common.loading : text.common.nothingFound}
      shortcut={["mod + K", "/"]}
      scrollable
      maxHeight={420}
      highlightQuery
      searchProps={{
        leftSection: <IconSearch style={{ width: rem(18) }} />,
        placeholder: text.shell.findHint,
        "aria-label": text.shell.find,
      }}
    />
  );
}
