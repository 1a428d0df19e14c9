import { createServer } from "node:http";
import pg from "pg";

/** The limit of lists: node:http and one hand-written SELECT, whose rows are the answer. `GET /<value>` gives its second parameter. */
const [, , connectionString = "", workspace = "0", text = ""] = process.argv;
const pool = new pg.Pool({ connectionString, max: 16 });
pool.on("connect", (client) => void client.query(`set svyazka.workspace = '${Number(workspace)}'`));

const server = createServer((request, response) => {
  pool.query({ name: "list", text, values: [Number(workspace), decodeURIComponent(request.url?.slice(1) ?? "")] }).then(
    ({ rows }) => {
      const body = JSON.stringify({ _embedded: { items: rows } });
      response.writeHead(200, { "content-type": "application/hal+json", "content-length": Buffer.byteLength(body) }).end(body);
    },
    (error: unknown) => response.writeHead(503).end(String(error)),
  );
});
server.listen(0, "127.0.0.1", () => console.log(`Svyazka listens on http://127.0.0.1:${(server.address() as { port: number }).port}`));
