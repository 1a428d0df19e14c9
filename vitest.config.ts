import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "{wire,core,flows,crm,contract,server,e2e,bench,tools}/**/*.test.ts",
      "vendors/*/src/**/*.test.ts",
      "console/src/**/*.test.ts",
    ],
    globalSetup: ["server/testkit/database-setup.ts"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
