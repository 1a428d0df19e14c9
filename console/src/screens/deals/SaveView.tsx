import { Button, Checkbox, Modal, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useState } from "react";
import { useSend } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { inWords } from "../../ui/problem.tsx";
import type { DealFilters } from "./filters.ts";

/** Gives the filters on the screen a name. */
export function SaveView({ filters, onDone }: { readonly filters: DealFilters; readonly onDone: () => void }) {
  const text = useText();
  const words = text.deals.views;
  const [name, setName] = useState("");
  const [shared, setShared] = useState(false);
  const create = useSend("createView", {
    refresh: ["listViews"],
    onDone: () => {
      onDone();
      notifications.show({ message: words.saved });
    },
  });
  return (
    <Modal opened onClose={onDone} title={words.save}>
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
  );
}
