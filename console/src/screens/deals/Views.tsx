import { ActionIcon, Button, Checkbox, Menu, Modal, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconBookmark, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useAsk, useSend } from "../../data/queries.ts";
import { useSession } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { inWords } from "../../ui/problem.tsx";
import type { DealFilters } from "./filters.ts";

/** Filters under a name: one's own, and those for everybody. */
export function Views({ filters, onChoose }: { readonly filters: DealFilters; readonly onChoose: (filters: DealFilters) => void }) {
  const text = useText();
  const words = text.deals.views;
  const { user } = useSession();
  const views = useAsk("listViews", { query: { entity: "deal", limit: 250 } });
  const [naming, setNaming] = useState(false);
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const create = useSend("createView", {
    refresh: ["listViews"],
    onDone: () => {
      setNaming(false);
      notifications.show({ message: words.saved });
    },
  });
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
                    remove.mutate({ path: { id: view.id } });
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
      <Modal opened={naming} onClose={() => setNaming(false)} title={words.save}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const { view: _, q: __, ...settings } = filters;
            create.mutate({ body: { entity: "deal", name: name.trim(), shared, settings: settings as Record<string, unknown> } });
          }}
        >
          <Stack>
            <TextInput
              label={words.name}
              required
              maxLength={200}
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              data-autofocus
              error={create.error && inWords(create.error, text)}
            />
            <Checkbox label={words.share} checked={shared} onChange={({ currentTarget }) => setShared(currentTarget.checked)} />
            <Button type="submit" loading={create.isPending} disabled={name.trim() === ""}>
              {text.common.actions.save}
            </Button>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
