import { Pool } from "../../../server/src/db/pool.ts";
import { databaseKit } from "../../../server/testkit/database-kit.ts";
import { portalOf } from "../src/adapter/portal.ts";
import { asApplication } from "./portal.ts";

/** A process of the hub of its own, which shares the tokens of one connection with others. Waits for a moment that all know, then asks many times at once; prints how many were answered. */
const [database = "", url = "", app = "{}", startAt = "0", count = "1"] = process.argv.slice(2);
const pool = new Pool({ connectionString: database, options: "-c role=svyazka_app -c timezone=UTC", max: 4 });
const kit = databaseKit({ database: pool });
const portal = portalOf(asApplication({ url, app: JSON.parse(app) }), kit, { isPatient: true });
await new Promise((resolve) => setTimeout(resolve, Number(startAt) - Date.now()));
const answers = await Promise.all(Array.from({ length: Number(count) }, () => portal.deals.page({})));
console.log(answers.length);
await pool.close();
