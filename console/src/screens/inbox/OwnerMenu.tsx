import { Avatar, Button, Combobox, Text, Tooltip, useCombobox } from "@mantine/core";
import { IconChevronDown } from "@tabler/icons-react";
import { useState } from "react";
import { useUsers } from "../../data/directory.ts";
import { useSession } from "../../data/session.ts";
import type { Conversation } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { useInboxText } from "../../text/with-screens.ts";
import style from "./inbox.module.css";
import { useChangeConversation } from "./use-change.ts";

/** More people than this are searched. */
const fewPeople = 8;

/** Who of ours answers: oneself, a colleague, or nobody. */
export function OwnerMenu({
  conversation: { id, responsible },
  isWide = false,
}: {
  readonly conversation: Conversation;
  readonly isWide?: boolean;
}) {
  const text = useText();
  const words = useInboxText().header;
  const { user } = useSession();
  const { active, nameOf } = useUsers();
  const change = useChangeConversation(id);
  const [typed, setTyped] = useState("");
  const combobox = useCombobox({
    onDropdownClose: () => {
      combobox.resetSelectedOption();
      setTyped("");
    },
    onDropdownOpen: () => active.length > fewPeople && combobox.focusSearchInput(),
  });
  const name = nameOf(responsible);
  const others = active.filter((one) => one.id !== user?.id && one.name.toLowerCase().includes(typed.trim().toLowerCase()));
  const give = (to: number | null): void => {
    combobox.closeDropdown();
    if (to !== responsible) change.save({ responsible: to });
  };
  const canTake = responsible === null && user !== null && !isWide;
  const face = (
    <>
      <Avatar size={20} color={responsible === null ? "gray" : "link"} variant="light">
        {name.slice(0, 1).toUpperCase() || "?"}
      </Avatar>
      <Text span size="xs" fw={550} truncate maw={isWide ? 180 : 110} ml={6} className={isWide ? undefined : style["roomy"]}>
        {name || text.common.nobody}
      </Text>
      <IconChevronDown size={14} style={{ marginLeft: 4, flex: "none" }} />
    </>
  );
  if (!canTake) return menu(face, { px: 8 });
  return (
    <>
      <Button.Group className={style["roomy"]}>
        <Button size="xs" px={10} loading={change.isPending} onClick={() => give(user.id)}>
          {words.take}
        </Button>
        {menu(<IconChevronDown size={14} />, { px: 6 })}
      </Button.Group>
      <Button size="xs" px={10} className={style["narrow"]} loading={change.isPending} onClick={() => give(user.id)}>
        {words.takeShort}
      </Button>
    </>
  );

  function menu(face: React.ReactNode, props: { readonly px: number }) {
    return (
      <Combobox
        store={combobox}
        width={230}
        position="bottom-end"
        withinPortal
        onOptionSubmit={(value) => give(value === "" ? null : Number(value))}
      >
        <Combobox.Target targetType="button">
          <Tooltip label={words.owner} disabled={combobox.dropdownOpened}>
            <Button
              size="xs"
              variant="default"
              {...props}
              loading={change.isPending}
              aria-label={`${words.owner}: ${name || text.common.nobody}`}
              onClick={() => combobox.toggleDropdown()}
            >
              {face}
            </Button>
          </Tooltip>
        </Combobox.Target>
        <Combobox.Dropdown>
          {active.length > fewPeople && (
            <Combobox.Search
              value={typed}
              onChange={({ currentTarget }) => setTyped(currentTarget.value)}
              placeholder={text.common.actions.search}
              aria-label={text.common.actions.search}
            />
          )}
          <Combobox.Options mah={280} style={{ overflowY: "auto" }} aria-label={words.owner}>
            {user && typed === "" && (
              <Combobox.Option value={String(user.id)} active={responsible === user.id}>
                {responsible === user.id ? words.toMe : words.take}
              </Combobox.Option>
            )}
            {typed === "" && (
              <Combobox.Option value="" active={responsible === null}>
                {words.toNobody}
              </Combobox.Option>
            )}
            {others.map((one) => (
              <Combobox.Option key={one.id} value={String(one.id)} active={responsible === one.id}>
                {one.name}
              </Combobox.Option>
            ))}
            {typed !== "" && others.length === 0 && <Combobox.Empty>{text.common.nothingFound}</Combobox.Empty>}
          </Combobox.Options>
        </Combobox.Dropdown>
      </Combobox>
    );
  }
}
