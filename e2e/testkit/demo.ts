import { api, type HubProcess, until } from "./hub.ts";

export interface DemoCompany {
  readonly email: string;
  readonly password: string;
  readonly language: "ru" | "en";
  readonly call: ReturnType<typeof api>;
  /** Of a deal with a history, of its contact, of a call's connection, and of a request in the journal. */
  readonly deal: number;
  readonly contact: number;
  readonly line: number;
  readonly request: string;
}

const password = "correct horse";

/** A company with the demo in it, and one lead that has just come in. */
export async function openDemo(hub: HubProcess, language: "ru" | "en"): Promise<DemoCompany> {
  const email = `admin@demo-${language}.example`;
  const { api_token } = await hub.command<{ api_token: string }>(
    ...["workspace", "create", "--name", language === "ru" ? "Окна «Ромашка»" : "Camomile Windows", "--subdomain", `demo-${language}`],
    ...[
      "--admin-name",
      language === "ru" ? "Ирина Соколова" : "Irene Falcon",
      "--admin-email",
      email,
      "--admin-password",
      password,
      "--language",
      language,
    ],
  );
  const call = api(hub, api_token);
  const { connections } = await call.send<{ connections: number[] }>("POST", "/demo", {});
  await call.call("DELETE", "/demo");
  const { items: lines } = await call.get<{ items: { id: number; abilities: string[]; urls: Record<string, string> }[] }>("/connections");
  const form = lines.find(({ urls }) => urls["form_send"] !== undefined)?.urls["form_send"] ?? "";
  const wish = language === "ru" ? "Три окна и балкон" : "Three windows and a balcony";
  await fetch(form, {
    method: "POST",
    body: new URLSearchParams({ name: language === "ru" ? "Вера Белова" : "Vera White", phone: "+79101230045", description: wish }),
  });
  const request = await until(async () => {
    const { items } = await call.get<{ items: { id: string; deliveries: Record<string, number> }[] }>("/journal?limit=1");
    return items[0] && (items[0].deliveries["done"] ?? 0) > 0 ? items[0].id : undefined;
  });
  const { items: deals } = await call.get<{ items: { id: number; contact: { id: number } | null; state: string }[] }>(
    "/deals/cards?limit=250&state=open&sort=created_at",
  );
  const chosen = deals.find(({ contact, state }) => contact && state === "open");
  return {
    ...{ email, password, language, call, request },
    deal: chosen?.id ?? 1,
    contact: chosen?.contact?.id ?? 1,
    line: lines.find(({ abilities, id }) => connections.includes(id) && abilities.includes("rehearsal"))?.id ?? 0,
  };
}
