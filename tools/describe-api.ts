import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Route } from "@svyazka/contract";
import * as contract from "@svyazka/contract";
import Fastify from "fastify";
import openapiTypescript, { astToString } from "openapi-typescript";
import { serveDescription } from "../server/src/api/description.ts";
import { apiPrefix, describe } from "../server/src/api/serve.ts";

interface ApiDescription {
  readonly paths?: Record<string, Record<string, { readonly operationId?: string }>>;
}

/** The OpenAPI description of `/hub/v1`, made from the contract alone: no database, no hub. */
export async function describeApi(): Promise<ApiDescription> {
  const app = Fastify();
  let described = (): ApiDescription => ({});
  await app.register(async (api) => {
    described = () => api.swagger() as ApiDescription;
    await serveDescription(api, { config: { PUBLIC_URL: undefined } });
    await api.register(
      async (inner) => {
        for (const route of routes())
          inner.route({ method: route.method, url: route.path, schema: describe(route), handler: () => undefined });
      },
      { prefix: apiPrefix },
    );
  });
  await app.ready();
  const description = described();
  await app.close();
  return description;
}

function routes(): Route[] {
  const values = Object.values(contract) as unknown[];
  // The routes of one short list come as an object of them.
  const each = values.flatMap((value) => (isRoute(value) ? [value] : isObject(value) ? Object.values(value).filter(isRoute) : []));
  return [...new Map(each.map((route) => [route.id, route])).values()];
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;
const isRoute = (value: unknown): value is Route =>
  isObject(value) && "scope" in value && "method" in value && typeof value.method === "string";

const addressesOf = ({ paths }: ApiDescription): Record<string, [string, string]> =>
  Object.fromEntries(
    Object.entries(paths ?? {}).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, operation]) =>
        operation.operationId === undefined ? [] : [[operation.operationId, [method.toUpperCase(), path]] as const],
      ),
    ),
  );

/** Types of every request and answer, for the console's client. */
export async function writeApiTypes(file: string): Promise<void> {
  const description = await describeApi();
  const ast = await openapiTypescript(description as never, { alphabetize: true });
  const text = [
    "// Written by `npm run build` from the OpenAPI description. Not kept in git.",
    astToString(ast),
    "/** Where each operation is found. */",
    `export const addresses = ${JSON.stringify(addressesOf(description), null, 2)} as const satisfies Record<keyof operations, readonly [string, string]>;`,
    "",
  ].join("\n");
  let before = "";
  try {
    before = readFileSync(file, "utf8");
  } catch {
    // There is none yet.
  }
  if (before === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

if (import.meta.main) await writeApiTypes(fileURLToPath(new URL("../console/src/data/api.gen.ts", import.meta.url)));
