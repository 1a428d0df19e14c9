import { ActionIcon, Button, Group, Menu, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { IconDots, IconSearch } from "@tabler/icons-react";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { addressOf, type ItemOf } from "../../data/client.ts";
import { useUsers } from "../../data/directory.ts";
import { usePages } from "../../data/queries.ts";
import { useText } from "../../text/text.tsx";
import { When } from "../../ui/format.tsx";
import { LinkItem } from "../../ui/links.tsx";
import { type Column, ListTable } from "../../ui/list-table.tsx";
import { formatPhone, PhoneLink } from "../../ui/phone.tsx";
import { UserPicker } from "../../ui/pickers.tsx";
import { Empty } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";

type Contact = ItemOf<"listContacts">;
type Company = ItemOf<"listCompanies">;
interface PeopleSearch {
  readonly q?: string;
  readonly responsible?: number;
  readonly sort?: string;
}

export function Contacts() {
  const text = useText();
  const words = text.contacts;
  const search = useSearch({ strict: false }) as PeopleSearch;
  const { nameOf } = useUsers();
  const query = queryOf(search);
  const pages = usePages("listContacts", { query: query as never }, { keep: true });
  const columns: Column<Contact>[] = [
    {
      id: "name",
      label: words.fields.name,
      width: 260,
      render: (contact) => (
        <Link to="/contacts/$id" params={{ id: String(contact.id) }}>
          {contact.full_name || formatPhone(contact.phones[0]?.e164 ?? "") || `#${contact.id}`}
        </Link>
      ),
    },
    {
      id: "phone",
      label: words.fields.phone,
      width: 190,
      render: ({ phones: [phone] }) => phone && <PhoneLink phone={phone.e164 ?? phone.value} />,
    },
    {
      id: "email",
      label: words.fields.email,
      width: 200,
      render: ({ emails: [email] }) => email && <a href={`mailto:${email.value}`}>{email.value}</a>,
    },
    { id: "responsible", label: words.fields.responsible, width: 150, render: (contact) => nameOf(contact.responsible) },
    { id: "tags", label: words.fields.tags, width: 150, render: (contact) => contact.tags.join(", ") },
    { id: "created", label: words.fields.created, width: 110, sort: "created_at", render: (contact) => <When at={contact.created_at} /> },
    {
      id: "updated",
      label: words.fields.lastActivity,
      width: 110,
      sort: "updated_at",
      render: (contact) => <When at={contact.updated_at} />,
    },
  ];
  return (
    <People to="/contacts" title={words.title} search={search} exported={addressOf("exportContacts", { query: exportQuery(search) })}>
      {(sort) => (
        <ListTable
          label={words.title}
          columns={columns}
          pages={pages}
          idOf={(contact: Contact) => contact.id}
          {...sort}
          empty={search.q ? undefined : <Empty title={words.empty}>{words.emptyText}</Empty>}
        />
      )}
    </People>
  );
}

export function Companies() {
  const text = useText();
  const words = text.contacts;
  const search = useSearch({ strict: false }) as PeopleSearch;
  const { nameOf } = useUsers();
  const query = queryOf(search);
  const pages = usePages("listCompanies", { query: query as never }, { keep: true });
  const columns: Column<Company>[] = [
    {
      id: "name",
      label: words.fields.companyName,
      width: 280,
      render: (company) => (
        <Link to="/companies/$id" params={{ id: String(company.id) }}>
          {company.name || `#${company.id}`}
        </Link>
      ),
    },
    { id: "inn", label: words.fields.inn, width: 130, render: (company) => company.inn },
    {
      id: "phone",
      label: words.fields.phone,
      width: 190,
      render: ({ phones: [phone] }) => phone && <PhoneLink phone={phone.e164 ?? phone.value} />,
    },
    { id: "responsible", label: words.fields.responsible, width: 150, render: (company) => nameOf(company.responsible) },
    { id: "tags", label: words.fields.tags, width: 150, render: (company) => company.tags.join(", ") },
    { id: "created", label: words.fields.created, width: 110, sort: "created_at", render: (company) => <When at={company.created_at} /> },
  ];
  return (
    <People to="/companies" title={words.companies} search={search} exported={addressOf("exportCompanies", { query: exportQuery(search) })}>
      {(sort) => (
        <ListTable
          label={words.companies}
          columns={columns}
          pages={pages}
          idOf={(company: Company) => company.id}
          {...sort}
          empty={search.q ? undefined : <Empty title={words.noCompanies}>{words.emptyText}</Empty>}
        />
      )}
    </People>
  );
}

/** With words to look for, the best hit comes first; otherwise the list goes by its order. */
const queryOf = ({ q, responsible, sort }: PeopleSearch): Record<string, unknown> => ({
  limit: 100,
  ...(responsible !== undefined && { responsible: Number(responsible) }),
  ...(q ? { q: String(q) } : { sort: sort ?? "-created_at" }),
});

const exportQuery = ({ q, responsible }: PeopleSearch): { q?: string; responsible?: number } => ({
  ...(q && { q: String(q) }),
  ...(responsible !== undefined && { responsible: Number(responsible) }),
});

/** The frame of both lists: a search, who is responsible, what else can be done. */
function People({
  to,
  title,
  search,
  exported,
  children,
}: {
  readonly to: "/contacts" | "/companies";
  readonly title: string;
  readonly search: PeopleSearch;
  readonly exported: string;
  readonly children: (sort: { sort?: string; onSort?: (sort: string) => void }) => ReactNode;
}) {
  const text = useText();
  const words = text.contacts;
  const navigate = useNavigate();
  const set = (changes: Partial<PeopleSearch>): void =>
    void navigate({
      to,
      search: Object.fromEntries(
        Object.entries({ ...search, ...changes }).filter(([, value]) => value !== undefined && value !== ""),
      ) as Record<string, string>,
      replace: true,
    });
  const [typed, setTyped] = useState(String(search.q ?? ""));
  const find = useDebouncedCallback((q: string) => set({ q: q.trim() }), 200);
  return (
    <Screen
      title={title}
      wide
      actions={
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon variant="default" size="lg" aria-label={text.common.actions.more}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <LinkItem to="/import">{text.deals.import}</LinkItem>
            <Menu.Item component="a" href={exported} download>
              {text.deals.export}
            </Menu.Item>
            <LinkItem to="/duplicates">{words.duplicates}</LinkItem>
            <LinkItem to="/trash">{words.bin}</LinkItem>
          </Menu.Dropdown>
        </Menu>
      }
    >
      <Group gap="xs" mb="sm" align="flex-end">
        <TextInput
          size="xs"
          w={300}
          type="search"
          aria-label={words.find}
          placeholder={words.find}
          leftSection={<IconSearch size={14} />}
          value={typed}
          autoFocus
          onChange={({ currentTarget }) => {
            setTyped(currentTarget.value);
            find(currentTarget.value);
          }}
        />
        <div style={{ width: 190 }}>
          <UserPicker
            size="xs"
            placeholder={words.fields.responsible}
            value={search.responsible === undefined ? null : Number(search.responsible)}
            onChange={(responsible) => set({ responsible: responsible ?? undefined })}
          />
        </div>
        {search.q && (
          <Button
            size="xs"
            variant="subtle"
            onClick={() => {
              setTyped("");
              set({ q: undefined });
            }}
          >
            {text.common.actions.clear}
          </Button>
        )}
      </Group>
      {children(search.q ? {} : { sort: search.sort ?? "-created_at", onSort: (sort) => set({ sort }) })}
    </Screen>
  );
}
