import { api, type HubProcess } from "./hub.ts";

export type Dialect = "seed" | "classic" | "v1";

export interface Company {
  readonly subdomain: string;
  readonly token: string;
}

export interface CallShape {
  readonly id: number;
  readonly phone: string;
  readonly direction: string;
  readonly outcome: string | null;
  readonly state: string;
  readonly responsible: number | null;
  readonly talk_seconds: number | null;
  readonly duration_seconds: number | null;
  readonly recordings: readonly { readonly url: string; readonly kept: boolean }[];
  readonly contact: { readonly id: number; readonly name: string } | null;
  readonly deal: number | null;
  readonly rating: number | null;
}

export async function addCompany(hub: HubProcess, subdomain: string): Promise<Company> {
  const { api_token: token } = await hub.command<{ api_token: string }>(
    ...["workspace", "create", "--name", subdomain, "--subdomain", subdomain],
    ...["--admin-email", `admin@${subdomain}.example`, "--admin-password", "пароль-для-проверки"],
  );
  return { subdomain, token };
}

export interface Added {
  readonly id: number;
  readonly secrets: Readonly<Record<string, string>>;
  readonly urls: Readonly<Record<string, string>>;
}

export const addLine = (hub: HubProcess, company: Company, settings: Readonly<Record<string, string>>): Promise<Added> =>
  hub.command<Added>(
    ...["connection", "add", "vats", "--workspace", company.subdomain, "--allow-private-addresses"],
    ...Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]),
  );

/** Two companies in one hub: one is the PBX, the other has the CRM it calls. They know each other by nothing but the protocol. */
export interface Linked {
  readonly pbx: Company;
  readonly crm: Company;
  /** Connections. */
  readonly pbxLine: Added;
  readonly crmLine: Added;
  /** Users of the CRM, by the account of the PBX they are mapped to. */
  readonly users: Readonly<Record<string, number>>;
}

/** Attaches the CRM to the PBX, as a person would in this dialect. */
export async function link(hub: HubProcess, dialect: Dialect): Promise<Linked> {
  const [pbx, crm] = [await addCompany(hub, `pbx-${dialect}`), await addCompany(hub, `crm-${dialect}`)];
  const pbxLine = await addLine(hub, pbx, { side: "pbx", engine: "simulated", dialect });
  const domain = (pbxLine.urls["login"] ?? "").replace(/\/sys\/.*/, "");
  const isSeed = dialect === "seed";
  const crmLine = await addLine(hub, crm, {
    ...{ side: "crm", dialect, domain },
    ...(isSeed
      ? { login: pbxLine.secrets["admin_login"] ?? "", password: pbxLine.secrets["admin_password"] ?? "" }
      : { pbx_token: pbxLine.secrets["api_key"] ?? "" }),
  });
  const client = api(hub, crm.token);
  if (!isSeed) {
    const typed = { settings: { crm_url: crmLine.urls["inbound"], crm_key: crmLine.secrets["crm_token"] } };
    await api(hub, pbx.token).send("PATCH", `/connections/${pbxLine.id}`, typed);
  }
  const made: Record<string, number> = {};
  for (const [account, name] of [
    ["ivan", "Петров Иван"],
    ["anna", "Смирнова Анна"],
  ] as const) {
    const user = await client.send<{ id: number }>("POST", "/users", {
      name,
      email: `${account}@${crm.subdomain}.example`,
      password: "пароль-менеджера",
      role: "manager",
    });
    made[account] = user.id;
  }
  await hub.command("connection", "check", String(crmLine.id), "-w", crm.subdomain);
  return { pbx, crm, pbxLine, crmLine, users: made };
}
