import { type Bitrix24Standin, type Fault, startBitrix24 } from "../../../vendors/bitrix24/src/standin.ts";
import { until } from "../hub.ts";
import type { Added } from "../telephony.ts";
import { lookAtBitrix24 } from "./bitrix24-look.ts";
import { addConnection, type CrmUnderTest, putOwnCrmAside } from "./under-test.ts";

const answers = {
  "it answers pages of HTML": "html",
  "it has had enough of us: QUERY_LIMIT_EXCEEDED": "query_limit",
  "its server errs": "internal",
} satisfies Readonly<Record<string, Fault["kind"]>>;

export const bitrix24Troubles: readonly string[] = ["it refuses connections", ...Object.keys(answers)];

/** A portal in memory, with leads (1) or without them (2), in which our local application has been installed. */
export async function startBitrix24Portal(mode: 1 | 2): Promise<CrmUnderTest> {
  const portal = await startBitrix24({ mode });
  portal.addUserField("COMPANY", { FIELD_NAME: "STORE", USER_TYPE_ID: "string", LABEL: "Склад" });
  return {
    companyField: "Склад",
    people: { ivan: "7", anna: "9" },
    async connect(hub, company): Promise<Added> {
      await putOwnCrmAside(hub, company);
      const { app, url } = portal;
      const account = await addConnection(hub, company, "bitrix24", {
        ...{ domain: url, sign_in: "application", client_id: app.clientId, client_secret: app.clientSecret, auth_server: url },
        ...{ plan: "box", open_lines: "true" },
      });
      const opened = await portal.openFrame(account.urls["application"] ?? "");
      if (opened.status !== 200) throw new Error(`The application was not let in: ${opened.status} ${await opened.text()}`);
      await until(async () => portal.state.bindings.length > 0);
      return account;
    },
    address: () => ({ crm_url: portal.host, crm_type: "bitrix24" }),
    stages: async () => ({ first: "NEW", second: "EXECUTING", lost: "LOSE" }),
    begin: (trouble) => beginTrouble(portal, trouble),
    loseAnswers(count) {
      const lost = () => portal.requests.filter(({ status }) => status === 0).length;
      const before = lost();
      for (const method of ["crm.item.add", "crm.timeline.comment.add"])
        portal.faults.add({ method, kind: "timeout_after", times: Math.ceil(count / 2) });
      return () => {
        portal.faults.clear();
        return lost() - before;
      };
    },
    look: lookAtBitrix24(portal),
    async write(id, text) {
      const chat = portal.state.chats.get(Number(id));
      if (!chat) throw new Error(`There is no chat ${id}`);
      await portal.operatorWrites({ connector: chat.connector, line: chat.line, chat: chat.externalChat, text, user: 7 });
    },
    stop: portal.stop,
  };
}

async function beginTrouble(portal: Bitrix24Standin, trouble: string): Promise<() => Promise<void>> {
  const kind = (answers as Readonly<Record<string, Fault["kind"]>>)[trouble];
  if (kind === undefined) {
    await portal.down();
    return portal.up;
  }
  portal.faults.add({ kind, times: Number.POSITIVE_INFINITY });
  return async () => portal.faults.clear();
}
