import { writeFileSync } from "node:fs";
import { writeEnvExample } from "../server/src/config.ts";

writeFileSync(new URL("../.env.example", import.meta.url), writeEnvExample());
