import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { send } from "../../data/client.ts";
import { usePipelines } from "../../data/directory.ts";
import { useSend } from "../../data/queries.ts";
import { useSession } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { NumberField } from "../../ui/number-field.tsx";
import { type Picked, RecordPicker, StagePicker, UserPicker } from "../../ui/pickers.tsx";
import { inWords, ProblemNote, showInForm } from "../../ui/problem.tsx";
import { TaskForm } from "../activity/TaskForm.tsx";

export type Creation = "deal" | "contact" | "company" | "task";

/** Makes a record from anywhere, with the few fields that matter at first; the rest is filled in on its page. */
export function Create({ what, onClose }: { readonly what: Creation | undefined; readonly onClose: () => void }) {
  const { shell } = useText();
  const titles = { deal: shell.newDeal, contact: shell.newContact, company: shell.newCompany, task: shell.newTask };
  return (
    <Modal opened={what !== undefined} onClose={onClose} title={what && titles[what]} size="md">
      {what === "deal" && <NewDeal onClose={onClose} />}
      {what === "contact" && <NewContact onClose={onClose} />}
      {what === "company" && <NewCompany onClose={onClose} />}
      {what === "task" && <TaskForm onDone={onClose} />}
    </Modal>
  );
}

function NewDeal({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  const words = text.deals.fields;
  const navigate = useNavigate();
  const { user } = useSession();
  const { standard } = usePipelines();
  const [problem, setProblem] = useState<string>();
  const form = useForm({
    initialValues: {
      name: "",
      sum: "" as string | number,
      stage: (standard?.stages.find(({ kind }) => kind === "open") ?? standard?.stages[0])?.id ?? null,
      responsible: user?.id ?? null,
      contact: null as Picked | null,
      company: null as Picked | null,
    },
    validate: {
      name: (value, { contact }) => (value.trim() === "" && contact === null ? text.common.required : null),
    },
  });
  const create = useSend("createDeal", { refresh: ["listDealCards", "boardTotals"] });
  const onError = (error: unknown): void => setProblem(inWords(error, text));
  async function submit({ name, sum, stage, responsible, contact, company }: typeof form.values): Promise<void> {
    setProblem(undefined);
    try {
      const deal = await create.mutateAsync({
        body: {
          name: name.trim() || (contact?.name ?? ""),
          ...(sum !== "" && { sum: String(sum) }),
          ...(stage !== null && { stage }),
          ...(responsible !== null && { responsible }),
          ...(contact && { contacts: [{ id: contact.id }] }),
          ...(company && { company: company.id }),
        },
      });
      onClose();
      void navigate({ to: "/deals/$id", params: { id: String(deal.id) } });
    } catch (error) {
      setProblem(showInForm(form, error, text));
    }
  }
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
      <Stack>
        <TextInput label={words.name} data-autofocus maxLength={500} {...form.getInputProps("name")} />
        <Group grow align="flex-start">
          <NumberField label={words.sum} min={0} decimalScale={2} {...form.getInputProps("sum")} />
          <StagePicker label={words.stage} {...form.getInputProps("stage")} />
        </Group>
        <RecordPicker
          entity="contact"
          label={words.contact}
          value={form.values.contact}
          onChange={(contact) => form.setFieldValue("contact", contact)}
          onCreate={(name) => void makeContact(name).then((contact) => form.setFieldValue("contact", contact), onError)}
        />
        <RecordPicker
          entity="company"
          label={words.company}
          value={form.values.company}
          onChange={(company) => form.setFieldValue("company", company)}
          onCreate={(name) =>
            void send("createCompany", { body: { name } }).then(({ id }) => form.setFieldValue("company", { id, name }), onError)
          }
        />
        <UserPicker label={words.responsible} {...form.getInputProps("responsible")} />
        <ProblemNote error={problem} />
        <Buttons busy={create.isPending} onClose={onClose} />
      </Stack>
    </form>
  );
}

/** What was typed may be a name or a phone. */
async function makeContact(typed: string): Promise<Picked> {
  const isPhone = /^[+\d][\d\s()-]{5,}$/.test(typed);
  const made = await send("createContact", { body: isPhone ? { phones: [{ value: typed }] } : { name: typed } });
  return { id: made.id, name: typed };
}

function NewContact({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  const words = text.contacts.fields;
  const navigate = useNavigate();
  const { user } = useSession();
  const [problem, setProblem] = useState<string>();
  const form = useForm({
    initialValues: { name: "", surname: "", phone: "", email: "", company: null as Picked | null },
    validate: {
      name: (value, { phone, email, surname }) =>
        [value, phone, email, surname].every((each) => each.trim() === "") ? text.common.required : null,
      email: (value) => (value.trim() === "" || /^[^\s@]+@[^\s@]+$/.test(value.trim()) ? null : text.common.wrongEmail),
      phone: (value) => (value.trim() === "" || /\d/.test(value) ? null : text.common.wrongPhone),
    },
  });
  const create = useSend("createContact", { refresh: ["listContacts"] });
  const onError = (error: unknown): void => setProblem(inWords(error, text));
  async function submit({ name, surname, phone, email, company }: typeof form.values): Promise<void> {
    setProblem(undefined);
    try {
      const contact = await create.mutateAsync({
        body: {
          name: name.trim(),
          surname: surname.trim(),
          ...(phone.trim() !== "" && { phones: [{ value: phone.trim() }] }),
          ...(email.trim() !== "" && { emails: [{ value: email.trim() }] }),
          ...(company && { company: company.id }),
          ...(user && { responsible: user.id }),
        },
      });
      onClose();
      void navigate({ to: "/contacts/$id", params: { id: String(contact.id) } });
    } catch (error) {
      setProblem(showInForm(form, error, text));
    }
  }
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
      <Stack>
        <Group grow align="flex-start">
          <TextInput label={words.name} data-autofocus maxLength={500} {...form.getInputProps("name")} />
          <TextInput label={words.surname} maxLength={500} {...form.getInputProps("surname")} />
        </Group>
        <TextInput label={words.phone} type="tel" {...form.getInputProps("phone")} />
        <TextInput label={words.email} type="email" {...form.getInputProps("email")} />
        <RecordPicker
          entity="company"
          label={words.company}
          value={form.values.company}
          onChange={(company) => form.setFieldValue("company", company)}
          onCreate={(name) =>
            void send("createCompany", { body: { name } }).then(({ id }) => form.setFieldValue("company", { id, name }), onError)
          }
        />
        <ProblemNote error={problem} />
        <Buttons busy={create.isPending} onClose={onClose} />
      </Stack>
    </form>
  );
}

function NewCompany({ onClose }: { readonly onClose: () => void }) {
  const text = useText();
  const words = text.contacts.fields;
  const navigate = useNavigate();
  const { user } = useSession();
  const [problem, setProblem] = useState<string>();
  const form = useForm({
    initialValues: { name: "", inn: "", phone: "" },
    validate: {
      name: (value) => (value.trim() === "" ? text.common.required : null),
      inn: (value) => (value === "" || /^\d{8,15}$/.test(value) ? null : text.contacts.wrongInn),
    },
  });
  const create = useSend("createCompany", { refresh: ["listCompanies"] });
  async function submit({ name, inn, phone }: typeof form.values): Promise<void> {
    setProblem(undefined);
    try {
      const company = await create.mutateAsync({
        body: {
          name: name.trim(),
          ...(inn !== "" && { inn }),
          ...(phone.trim() !== "" && { phones: [{ value: phone.trim() }] }),
          ...(user && { responsible: user.id }),
        },
      });
      onClose();
      void navigate({ to: "/companies/$id", params: { id: String(company.id) } });
    } catch (error) {
      setProblem(showInForm(form, error, text));
    }
  }
  return (
    <form onSubmit={form.onSubmit((values) => void submit(values))} noValidate>
      <Stack>
        <TextInput label={words.companyName} data-autofocus maxLength={500} {...form.getInputProps("name")} />
        <TextInput label={words.inn} inputMode="numeric" {...form.getInputProps("inn")} />
        <TextInput label={words.phone} type="tel" {...form.getInputProps("phone")} />
        <ProblemNote error={problem} />
        <Buttons busy={create.isPending} onClose={onClose} />
      </Stack>
    </form>
  );
}

function Buttons({ busy, onClose }: { readonly busy: boolean; readonly onClose: () => void }) {
  const { actions } = useText().common;
  return (
    <Group justify="flex-end">
      <Button variant="default" onClick={onClose}>
        {actions.cancel}
      </Button>
      <Button type="submit" loading={busy}>
        {actions.create}
      </Button>
    </Group>
  );
}
