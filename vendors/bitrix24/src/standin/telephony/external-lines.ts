import { type Call, type Methods, Refusal } from "../call.ts";
import { paramOf, textOf, textParam } from "../params.ts";

export const externalLineMethods: Methods = {
  "telephony.externalline.add": { scope: "telephony", appOnly: true, run: add },
  "telephony.externalline.get": {
    scope: "telephony",
    appOnly: true,
    run: ({ portal }) => [...portal.state.externalLines.values()].map(({ ID: _, ...shown }) => shown),
  },
  "telephony.externalline.update": { scope: "telephony", appOnly: true, run: update },
  "telephony.externalline.delete": {
    scope: "telephony",
    appOnly: true,
    run: (call) => call.portal.state.externalLines.delete(textParam(call, "NUMBER")),
  },
};

function add(call: Call): { readonly ID: number } {
  const { externalLines } = call.portal.state;
  const NUMBER = numberIn(call);
  if (externalLines.has(NUMBER)) throw new Refusal(400, "ERROR_CORE", "Line already exists");
  const ID = call.portal.nextId();
  externalLines.set(NUMBER, {
    ID,
    NUMBER,
    NAME: textParam(call, "NAME"),
    CRM_AUTO_CREATE: textParam(call, "CRM_AUTO_CREATE") === "N" ? "N" : "Y",
  });
  return { ID };
}

function update(call: Call): true {
  const line = call.portal.state.externalLines.get(numberIn(call));
  if (!line) throw new Refusal(400, "ERROR_CORE", "Line not found");
  for (const name of ["NAME", "CRM_AUTO_CREATE"]) if (paramOf(call, name) !== undefined) line[name] = textOf(paramOf(call, name));
  return true;
}

function numberIn(call: Call): string {
  const number = textParam(call, "NUMBER");
  if (number === "") throw new Refusal(400, "ERROR_CORE", "NUMBER should not be empty");
  return number;
}
