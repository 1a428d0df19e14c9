import { Alert, Badge, Button, Group, Modal, Paper, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconUserPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useGroups, useUsers } from "../../data/directory.ts";
import { useSend } from "../../data/queries.ts";
import { useSession } from "../../data/session.ts";
import type { User } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { Copyable } from "../../ui/copy.tsx";
import { formatPhone } from "../../ui/phone.tsx";
import { ProblemNote, showInForm, tellProblem } from "../../ui/problem.tsx";
import { Invitations, LinkModal } from "./Invitations.tsx";

/** Who works here, what they may see and change. */
export function People() {
  const text = useText();
  const words = text.settings.people;
  const { users } = useUsers();
  const groups = useGroups();
  const { user: me } = useSession();
  const [editing, setEditing] = useState<User | "new">();
  const change = useSend("changeUser", { refresh: ["listUsers"] });
  const [link, setLink] = useState<string>();
  const reset = useSend("resetPassword", { refresh: ["listInvitations"], onDone: ({ url }) => setLink(url) });
  async function toggle(user: User): Promise<void> {
    if (user.active && !(await confirm(words.offConfirm(user.name), { yes: words.off, no: text.common.actions.cancel, danger: true })))
      return;
    change.mutate({ path: { id: user.id }, body: { active: !user.active } }, { onError: (error) => tellProblem(error, text) });
  }
  return (
    <Stack>
      <Group justify="flex-end">
        <Button leftSection={<IconUserPlus size={16} />} onClick={() => setEditing("new")}>
          {words.add}
        </Button>
      </Group>
      <Paper withBorder radius="md">
        <Table.ScrollContainer minWidth={640}>
          <Table verticalSpacing="sm">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{words.name}</Table.Th>
                <Table.Th>{words.role}</Table.Th>
                <Table.Th>{words.access}</Table.Th>
                <Table.Th>{words.group}</Table.Th>
                <Table.Th aria-label={text.common.actions.actions} />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {users.map((user) => (
                <Table.Tr key={user.id}>
                  <Table.Td>
                    <Text size="sm" fw={600}>
                      {user.name}
                    </Text>
                    <Text size="xs" c="dimmed">
                      {[user.email, user.phone && formatPhone(user.phone)].filter(Boolean).join(" · ")}
                    </Text>
                  </Table.Td>
                  <Table.Td>{words.roles[user.role]}</Table.Td>
                  <Table.Td>{user.role === "administrator" ? words.accesses.all : words.accesses[user.record_access]}</Table.Td>
                  <Table.Td>{groups.find(({ id }) => id === user.group)?.name}</Table.Td>
                  <Table.Td>
                    <Group gap={6} justify="flex-end" wrap="nowrap">
                      {!user.active && (
                        <Badge variant="light" color="gray" tt="none">
                          {words.inactive}
                        </Badge>
                      )}
                      <Button size="compact-xs" variant="default" onClick={() => setEditing(user)}>
                        {text.common.actions.edit}
                      </Button>
                      {user.id !== me?.id && user.active && (
                        <Button
                          size="compact-xs"
                          variant="default"
                          onClick={() => reset.mutate({ path: { id: user.id } }, { onError: (error) => tellProblem(error, text) })}
                        >
                          {words.resetPassword}
                        </Button>
                      )}
                      {user.id !== me?.id && (
                        <Button size="compact-xs" variant="subtle" color={user.active ? "red" : "teal"} onClick={() => void toggle(user)}>
                          {user.active ? words.off : words.on}
                        </Button>
                      )}
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
      <Invitations />
      <LinkModal link={link} onClose={() => setLink(undefined)} />
      <Modal opened={editing !== undefined} onClose={() => setEditing(undefined)} title={editing === "new" ? words.add : editing?.name}>
        {editing !== undefined && <PersonForm user={editing === "new" ? undefined : editing} onDone={() => setEditing(undefined)} />}
      </Modal>
    </Stack>
  );
}

function PersonForm({ user, onDone }: { readonly user: User | undefined; readonly onDone: () => void }) {
  const text = useText();
  const words = text.settings.people;
  const groups = useGroups();
  const [problem, setProblem] = useState<string>();
  const [link, setLink] = useState<string>();
  const add = useSend("addUser", { refresh: ["listUsers", "listInvitations"] });
  const change = useSend("changeUser", { refresh: ["listUsers"] });
  const form = useForm({
    initialValues: {
      name: user?.name ?? "",
      email: user?.email ?? "",
      phone: user?.phone ?? "",
      role: user?.role ?? ("manager" as User["role"]),
      record_access: user?.record_access ?? ("all" as User["record_access"]),
      group: user?.group === null || user?.group === undefined ? null : String(user.group),
    },
    validate: {
      name: (value) => (value.trim() === "" ? text.common.required : null),
      email: (value) => (/^[^\s@]+@[^\s@]+$/.test(value.trim()) ? null : text.common.wrongEmail),
    },
  });
  async function submit({ name, email, phone, role, record_access, group }: typeof form.values): Promise<void> {
    setProblem(undefined);
    const body = {
      name: name.trim(),
      email: email.trim(),
      phone: phone.trim() === "" ? null : phone.trim(),
      role,
      record_access,
      group: group === null ? null : Number(group),
    };
    try {
      if (user) {
        await change.mutateAsync({ path: { id: user.id }, body });
        onDone();
      } else {
        const made = await add.mutateAsync({ body });
        if (made.invitation_url) setLink(made.invitation_url);
        else onDone();
      }
    } catch (error) {
      setProblem(showInForm(form, error, text));
    }
  }
  if (link !== undefined) {
    return (
      <Stack>
        <Alert color="teal">{words.invited}</Alert>
        <Copyable value={link} block />
        <Button onClick={onDone}>{text.common.actions.done}</Button>
      </Stack>
    );
  }
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
      <Stack>
        <TextInput label={words.name} data-autofocus maxLength={200} {...form.getInputProps("name")} />
        <TextInput label={words.email} type="email" {...form.getInputProps("email")} />
        <TextInput label={words.phone} type="tel" {...form.getInputProps("phone")} />
        <Select
          label={words.role}
          description={words.roleHints[form.values.role]}
          allowDeselect={false}
          data={(["administrator", "manager", "read-only"] as const).map((value) => ({ value, label: words.roles[value] }))}
          {...form.getInputProps("role")}
        />
        {form.values.role !== "administrator" && (
          <Select
            label={words.access}
            allowDeselect={false}
            data={(["own", "group", "all"] as const).map((value) => ({ value, label: words.accesses[value] }))}
            {...form.getInputProps("record_access")}
          />
        )}
        <Select
          label={words.group}
          clearable
          data={groups.map(({ id, name }) => ({ value: String(id), label: name }))}
          {...form.getInputProps("group")}
        />
        <ProblemNote error={problem} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onDone}>
            {text.common.actions.cancel}
          </Button>
          <Button type="submit" loading={add.isPending || change.isPending}>
            {user ? text.common.actions.save : text.common.actions.add}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
