import { createServer } from "node:http";
import pg from "pg";

/**
 * The limit: node:http and `pg` with nothing in between. `POST` commits one row of the same bytes per request,
 * `GET /<digits>` does the same indexed SELECT as the API. Run as a process of its own, like the hub.
 */
const [, , connectionString = "", workspace = "0", lookup = ""] = process.argv;
const pool = new pg.Pool({ connectionString, max: 16 });
pool.on("connect", (client) => void client.query(`set svyazka.workspace = '${Number(workspace)}'`));
await pool.query(
  "create table if not exists bare (id bigint generated always as identity primary key, body text not null, at timestamptz not null default now())",
);

const server = createServer((request, response) => {
  if (request.method === "POST") {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      pool.query({ name: "insert", text: "insert into bare (body) values ($1)", values: [Buffer.concat(chunks).toString("utf8")] }).then(
        () => response.setHeader("content-type", "application/json").end('{"ans":"true"}'),
        () => response.writeHead(503).end(),
      );
    });
    return;
  }
  const e164 = `+${request.url?.split("/").at(-1) ?? ""}`;
  pool.query({ name: "lookup", text: lookup, values: [Number(workspace), e164, e164.slice(-10)] }).then(
    ({ rows }) => response.setHeader("content-type", "application/json").end(JSON.stringify({ items: rows, next_cursor: null })),
    (error: unknown) => response.writeHead(503).end(String(error)),
  );
});
server.listen(0, "127.0.0.1", () => console.log(`Svyazka listens on http://127.0.0.1:${(server.address() as { port: number }).port}`));
