import { Alert, Badge, Button, Grid, Group, Menu, Paper, Stack, Text } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useTags, useUsers } from "../../data/directory.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay, useSession } from "../../data/session.ts";
import type { Company, Contact } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { ChannelFields } from "../../ui/channels.tsx";
import { CustomFields } from "../../ui/custom-fields.tsx";
import { Editable, type EditableValue } from "../../ui/editable.tsx";
import type { FieldValue } from "../../ui/field-value.tsx";
import { When } from "../../ui/format.tsx";
import { RecordPicker } from "../../ui/pickers.tsx";
import { Answered, tellProblem } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { Feed } from "../activity/Feed.tsx";
import { FeedAndTalks } from "../activity/FeedAndTalks.tsx";
import { useRecordEditor } from "../activity/use-record-editor.ts";
import { Attribution } from "../deals/Attribution.tsx";
import { WriteButton } from "../inbox/WriteButton.tsx";
import { DealsOf } from "./DealsOf.tsx";

export function ContactPage() {
  const { id } = useParams({ strict: false });
  const contact = useAsk("getContact", { path: { id: Number(id) } });
  return <Answered of={contact}>{(found) => <Card key={found.id} kind="contact" record={found as Contact} />}</Answered>;
}

export function CompanyPage() {
  const { id } = useParams({ strict: false });
  const company = useAsk("getCompany", { path: { id: Number(id) } });
  return <Answered of={company}>{(found) => <Card key={found.id} kind="company" record={found as Company} />}</Answered>;
}

type Props = { readonly kind: "contact"; readonly record: Contact } | { readonly kind: "company"; readonly record: Company };

/** The page of a person or of a company: who it is, their deals, and what happened. */
function Card({ kind, record }: Props) {
  const text = useText();
  const words = text.contacts;
  const may = useMay();
  const { nameOf, active } = useUsers();
  const tags = useTags(kind);
  const { workspace } = useSession();
  const save = useRecordEditor(kind, record as never);
  const readOnly = !may("crm:write") || record.deleted_at !== null;
  const merged = "merged_into" in record ? (record.merged_into as number | null) : null;
  const title = kind === "contact" ? record.full_name : record.name;
  const line = (member: string, label: string, value: EditableValue) => (
    <Editable
      label={label}
      value={value}
      editor={{ kind: "text" }}
      disabled={readOnly}
      onSave={(next) => save({ [member]: next ?? (["name", "surname", "middlename"].includes(member) ? "" : null) })}
    />
  );
  return (
    <Screen
      title={title || `${text.common.entities[kind]} #${record.id}`}
      wide
      actions={
        !readOnly && (
          <>
            {kind === "contact" && <WriteButton of={{ contact: record.id }} />}
            <Actions kind={kind} id={record.id} />
          </>
        )
      }
    >
      {merged !== null ? (
        <Alert color="orange" mb="md" title={words.merged}>
          <a href={`/${kind === "contact" ? "contacts" : "companies"}/${merged}`}>{words.toMerged}</a>
        </Alert>
      ) : (
        record.deleted_at !== null && <InBin kind={kind} id={record.id} />
      )}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <Paper withBorder p="md" radius="md">
              <Stack gap="sm">
                {line("name", kind === "contact" ? words.fields.name : words.fields.companyName, record.name)}
                {kind === "contact" && (
                  <>
                    {line("surname", words.fields.surname, record.surname)}
                    {line("middlename", words.fields.middlename, record.middlename)}
                  </>
                )}
                <ChannelFields
                  of={{ phones: record.phones, emails: record.emails, messengers: record.messengers }}
                  disabled={readOnly}
                  onSave={save}
                />
                {kind === "contact" ? (
                  <>
                    <CompanyOf contact={record} disabled={readOnly} onSave={save} />
                    {line("position", words.fields.position, record.position)}
                  </>
                ) : (
                  <>
                    {line("inn", words.fields.inn, record.inn)}
                    {line("kpp", words.fields.kpp, record.kpp)}
                  </>
                )}
                {line("website", words.fields.website, record.website)}
                <Editable
                  label={words.fields.responsible}
                  value={record.responsible === null ? null : String(record.responsible)}
                  shown={nameOf(record.responsible)}
                  editor={{ kind: "choice", choices: active.map((user) => ({ value: String(user.id), label: user.name })) }}
                  disabled={readOnly}
                  onSave={(value) => save({ responsible: value === null ? null : Number(value) })}
                />
                <Editable
                  label={words.fields.tags}
                  value={record.tags}
                  shown={
                    <Group gap={4}>
                      {record.tags.map((tag) => (
                        <Badge key={tag} variant="light" color="gray" tt="none">
                          {tag}
                        </Badge>
                      ))}
                    </Group>
                  }
                  editor={{ kind: "choices", choices: tags.map((tag) => ({ value: tag, label: tag })), creatable: true }}
                  disabled={readOnly}
                  onSave={(value) => save({ tags: value ?? [] })}
                />
                <CustomFields
                  entity={kind}
                  values={record.fields as Record<string, FieldValue>}
                  currency={workspace.currency}
                  disabled={readOnly}
                  onSave={save}
                />
                {kind === "contact" && <Attribution attribution={record.attribution} />}
                <Text size="xs" c="dimmed">
                  #{record.id} · {words.fields.created} <When at={record.created_at} long />
                </Text>
              </Stack>
            </Paper>
            <DealsOf kind={kind} id={record.id} name={title} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          {kind === "contact" ? (
            <FeedAndTalks entity={kind} id={record.id} of={{ contact: record.id }} />
          ) : (
            <Feed entity={kind} id={record.id} />
          )}
        </Grid.Col>
      </Grid>
    </Screen>
  );
}

function CompanyOf({
  contact,
  disabled,
  onSave,
}: {
  readonly contact: Contact;
  readonly disabled: boolean;
  readonly onSave: (changes: Record<string, unknown>) => Promise<boolean>;
}) {
  const text = useText();
  const company = useAsk("getCompany", { path: { id: contact.company ?? 0 } }, { enabled: contact.company !== null });
  const value = contact.company === null ? null : { id: contact.company, name: company.data?.name ?? `#${contact.company}` };
  const keep = (id: number | null): void => void onSave({ company: id }).catch((error: unknown) => tellProblem(error, text));
  return (
    <div>
      <RecordPicker
        entity="company"
        label={text.contacts.fields.company}
        value={value}
        disabled={disabled}
        onChange={(picked) => keep(picked?.id ?? null)}
      />
      {value && (
        <Text size="sm" mt={2}>
          <Link to="/companies/$id" params={{ id: String(value.id) }} style={{ display: "inline-block", paddingBlock: 2 }}>
            {text.common.actions.open}: {value.name}
          </Link>
        </Text>
      )}
    </div>
  );
}

function Actions({ kind, id }: { readonly kind: "contact" | "company"; readonly id: number }) {
  const text = useText();
  const navigate = useNavigate();
  const away = {
    onDone: () => void navigate({ to: kind === "contact" ? "/contacts" : "/companies" }),
    refresh: ["listContacts", "listCompanies"] as const,
  };
  const removeContact = useSend("deleteContact", away);
  const removeCompany = useSend("deleteCompany", away);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDots size={15} />}>
          {text.common.actions.actions}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item
          color="red"
          onClick={() =>
            void confirm(text.contacts.confirmDelete, {
              yes: text.common.actions.delete,
              no: text.common.actions.cancel,
              danger: true,
            }).then(
              (yes) =>
                yes &&
                (kind === "contact" ? removeContact : removeCompany).mutate(
                  { path: { id } },
                  { onError: (error) => tellProblem(error, text) },
                ),
            )
          }
        >
          {text.common.actions.delete}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function InBin({ kind, id }: { readonly kind: "contact" | "company"; readonly id: number }) {
  const text = useText();
  const may = useMay();
  const contact = useSend("restoreContact", { refresh: ["getContact", "listContacts", "contactTimeline"] });
  const company = useSend("restoreCompany", { refresh: ["getCompany", "listCompanies", "companyTimeline"] });
  const restore = kind === "contact" ? contact : company;
  return (
    <Alert color="orange" mb="md" title={text.contacts.inBin}>
      {may("crm:write") && (
        <Button
          size="xs"
          loading={restore.isPending}
          onClick={() => restore.mutate({ path: { id } }, { onError: (error) => tellProblem(error, text) })}
        >
          {text.common.actions.restore}
        </Button>
      )}
    </Alert>
  );
}
