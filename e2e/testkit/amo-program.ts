import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { Amo, type ApiError } from "@shevernitskiy/amo";

/**
 * A program that somebody wrote for amoCRM, on a client library that somebody else wrote for it. It is told where its amoCRM is and with what it gets in, and tells
 * what it saw: one JSON object on a line.
 */
const { domain, auth } = JSON.parse(process.argv[2] ?? "{}") as { domain: string; auth: ConstructorParameters<typeof Amo>[1] };
let tokens = 0;
const amo = new Amo(domain, auth, { on_token: () => void tokens++, request_delay: 0 });

const heard: string[] = [];
const server = createServer((request, response) => {
  void text(request).then((body) => {
    heard.push(
      ...new Set(
        [...new URLSearchParams(body).keys()]
          .map((name) => /^[a-z]+\[[a-z]+\]/.exec(name)?.[0] ?? "")
          .filter((name) => name !== "" && !name.startsWith("account")),
      ),
    );
    response.writeHead(200).end();
  });
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const destination = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/`;

const account = await amo.account.getAccount({ with: ["amojo_id", "task_types"] });
const pipelines = await amo.pipeline.getPipelines();
const [pipeline] = pipelines._embedded.pipelines;
const webhook = await amo.webhook.addWebhook({ destination, settings: ["add_lead", "status_lead", "add_contact"] } as never);

const added = await amo.lead.addLeads([{ name: "Из программы", price: 700 }, { name: "Вторая" }] as never);
const [lead] = added._embedded.leads ?? [];
const complex = (await amo.lead.addComplex([
  {
    name: "Сложная",
    _embedded: {
      contacts: [
        { first_name: "Анна", custom_fields_values: [{ field_code: "PHONE", values: [{ value: "+79031112233", enum_code: "WORK" }] }] },
      ],
    },
  },
] as never)) as unknown as { id: number; contact_id: number }[];
await amo.lead.updateLeadById(lead?.id ?? 0, { status_id: 142 } as never);
const won = await amo.lead.getLeads({
  filter: (filter) => filter.statuses([[pipeline?.id ?? 0, 142]] as never),
  with: ["contacts"] as never,
});
const found = await amo.contact.getContacts({ query: "9031112233" } as never);
const note = await amo.note.addNotes(
  "leads" as never,
  [{ entity_id: lead?.id ?? 0, note_type: "common", params: { text: "Заметка" } }] as never,
);
const task = await amo.task.addTasks([
  { text: "Дело", complete_till: 1_900_000_000, entity_id: lead?.id ?? 0, entity_type: "leads" },
] as never);
const done = await amo.task.completeTaskById((task as unknown as { _embedded: { tasks: { id: number }[] } })._embedded.tasks[0]?.id ?? 0, {
  is_completed: true,
  result: { text: "Готово" },
} as never);
const tag = await amo.tag.addTags("leads" as never, [{ name: "программа" }] as never);
const users = await amo.user.getUsers();
const refusal = await amo.lead.addLeads([{ price: "много" }] as never).catch((error: unknown) => error);
const nothing = await amo.lead.getLeadById(999_999_999).catch((error: unknown) => error);
await sleep(3_500);
await amo.webhook.deleteWebhook({ destination } as never);
server.close();

console.log(
  JSON.stringify({
    tokens,
    account: account.subdomain,
    webhook: (webhook as unknown as { settings: string[] }).settings,
    added: added._embedded.leads?.length,
    complex,
    won: won._embedded.leads.map(({ name }) => name),
    found: (found as unknown as { _embedded: { contacts: { name: string }[] } })._embedded.contacts.map(({ name }) => name),
    notes: (note as unknown as { _embedded: { notes: object[] } })._embedded.notes.length,
    done: typeof (done as unknown as { id: number }).id,
    tags: (tag as unknown as { _embedded: { tags: { name: string }[] } })._embedded.tags.map(({ name }) => name),
    users: (users as unknown as { _embedded: { users: object[] } })._embedded.users.length,
    // Its errors, compiled for old engines, are instances of Error alone.
    refusal: (refusal as ApiError).response,
    nothing: String(nothing),
    heard,
  }),
);
process.exit(0);
