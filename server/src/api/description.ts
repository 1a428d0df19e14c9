import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import type { Hub } from "../hub.ts";
import { version } from "../version.ts";

/** OpenAPI 3.1 from the very schemas that requests are checked with, and its rendering at `/docs`. */
export async function serveDescription(app: FastifyInstance, hub: { readonly config: Pick<Hub["config"], "PUBLIC_URL"> }): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Svyazka",
        version,
        description:
          "The public API of the hub and of its CRM. Every list answers `{items, next_cursor}` and takes `limit` and `cursor`; every error is an RFC 9457 problem; a POST with an `Idempotency-Key` may be sent again. Each route names the scope it needs: `crm:read` and `crm:write` are records and what belongs to them, `crm:setup` is pipelines, fields and the lists that records choose from, `hub:read` and `hub:write` are connections and requests, `users:write` is people. Administrators have them all, managers `crm:read` and `crm:write`, others `crm:read`.",
      },
      servers: [{ url: hub.config.PUBLIC_URL ?? "/" }],
      components: {
        securitySchemes: { token: { type: "http", scheme: "bearer" }, session: { type: "apiKey", in: "cookie", name: "svyazka" } },
      },
      security: [{ token: [] }, { session: [] }],
    },
    hideUntagged: true,
  });
  await app.register(swaggerUi, { routePrefix: "/docs", uiConfig: { docExpansion: "none", persistAuthorization: false } });
}
