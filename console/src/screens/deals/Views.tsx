import { ActionIcon, Button, Menu } from "@mantine/core";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { lazy, Suspense, useState } from "react";
import { useAsk, useSend } from "../../data/queries.ts";
import { useSession } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { tellProblem } from "../../ui/problem.tsx";
import type { DealFilters } from "./filters.ts";

const SaveView = lazy(async () => ({ default: (await import("./SaveView.tsx")).SaveView }));

/** Filters under a name: one's own, and those for everybody. */
export function Views({ filters, onChoose }: { readonly filters: DealFilters; readonly onChoose: (filters: DealFilters) => void }) {
  const text = useText();
  const words = text.deals.views;
  const { user } = useSession();
  const views = useAsk("listViews", { query: { entity: "deal", limit: 250 } });
  const [naming, setNaming] = useState(false);
  const remove = useSend("deleteView", { refresh: ["listViews"] });
  const items = views.data?.items ?? [];
  const section = (label: string, of: typeof items) =>
    of.length > 0 && (
      <>
        <Menu.Label>{label}</Menu.Label>
        {of.map((view) => (
          <Menu.Item
            key={view.id}
            onClick={() => onChoose(view.settings as DealFilters)}
            rightSection={
              view.owner === user?.id && (
                <ActionIcon
                  component="span"
                  size="xs"
                  color="gray"
                  aria-label={words.delete}
                  onClick={(event) => {
                    event.stopPropagation();
                    remove.mutate({ path: { id: view.id } }, { onError: (error) => tellProblem(error, text) });
                  }}
                >
                  <IconTrash size={13} />
                </ActionIcon>
              )
            }
          >
            {view.name}
          </Menu.Item>
        ))}
      </>
    );
  return (
    <>
      <Menu position="bottom-start" width={240}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<IconBookmark size={14} />}>
            {words.title}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {section(
            words.mine,
            items.filter((view) => !view.shared),
          )}
          {section(
            words.shared,
            items.filter((view) => view.shared),
          )}
          <Menu.Divider />
          <Menu.Item onClick={() => setNaming(true)}>{words.save}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>{naming && <SaveView filters={filters} onDone={() => setNaming(false)} />}</Suspense>
    </>
  );
}
