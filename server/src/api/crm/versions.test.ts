import { createDefaults } from "@svyazka/crm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiOnTrial, workspaceOnTrial as workspace } from "../../../testkit/crm-api.ts";
import { testDatabase } from "../../../testkit/database.ts";

const test = await testDatabase();
afterAll(() => test.close());
const ask = apiOnTrial(test.database, workspace);
beforeAll(async () => {
  await createDefaults(test.database.in(workspace.id), workspace);
});

const kinds = [
  ["/contacts", { name: "было" }, { name: "стало" }],
  ["/companies", { name: "было" }, { name: "стало" }],
  ["/deals", { name: "было" }, { name: "стало" }],
  ["/tasks", { title: "было" }, { title: "стало" }],
  ["/notes", { text: "было" }, { text: "стало" }],
] as const;

describe.each(kinds)("a record of %s", (path, draft, change) => {
  const make = async () => {
    const on = path === "/notes" ? { deal: (await ask("POST", "/deals", {})).body.id } : {};
    return ask("POST", path, { ...draft, ...on });
  };

  it("tells its version in the header and the body, wherever it is answered", async () => {
    const made = await make();
    expect(made.etag).toBe(`"${made.body.version}"`);
    const read = await ask("GET", `${path}/${made.body.id}`);
    expect([read.etag, read.body.version]).toEqual([made.etag, made.body.version]);
    const changed = await ask("PATCH", `${path}/${made.body.id}`, change);
    expect(changed.etag).toBe(`"${changed.body.version}"`);
    expect(changed.etag).not.toBe(made.etag);
    const { body: list } = await ask("GET", `${path}?ids=${made.body.id}`);
    expect(list.items[0].version).toBe(changed.body.version);
  });

  it("is not changed or put away by somebody who has seen an older version, and is shown as it is", async () => {
    const { body: made, etag } = await make();
    const at = `${path}/${made.id}`;
    const first = await ask("PATCH", at, change, { ifMatch: etag ?? "" });
    expect(first.status).toBe(200);
    const late = await ask("PATCH", at, draft, { ifMatch: etag ?? "" });
    expect(late).toMatchObject({ status: 412, body: { status: 412, detail: expect.stringContaining("changed since"), current: change } });
    expect(late.body.current).toEqual((await ask("GET", at)).body);
    expect((await ask("DELETE", at, undefined, { ifMatch: etag ?? "" })).status).toBe(412);
    expect(await ask("GET", at)).toMatchObject({ status: 200, body: change });
    expect((await ask("PATCH", at, draft, { ifMatch: "*" })).status).toBe(200);
    expect((await ask("PATCH", at, change)).status).toBe(200);
    expect((await ask("DELETE", at, undefined, { ifMatch: `"1", W/${(await ask("GET", at)).etag}` })).status).toBe(204);
  });

  it("lets one of two who change the same version at once win", async () => {
    const { body: made, etag } = await make();
    const answers = await Promise.all([1, 2, 3, 4].map(() => ask("PATCH", `${path}/${made.id}`, change, { ifMatch: etag ?? "" })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });
});
