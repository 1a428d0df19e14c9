/**
 * The import law of ARCHITECTURE.md, one rule per sentence. Tests beside the code may import the test kits; everything else holds for them too.
 */
const ours = "^(wire|core|vendors|flows|crm|contract|server|console|e2e|bench|tools)/";
const tests = "\\.test\\.ts$|/testkit/";

module.exports = {
  forbidden: [
    {
      name: "wire-imports-nothing",
      severity: "error",
      comment: "1. wire imports nothing.",
      from: { path: "^wire/src", pathNot: tests },
      to: { pathNot: "^wire/src" },
    },
    {
      name: "core-imports-nothing",
      severity: "error",
      comment: "1. core imports nothing of ours and nothing of Node; of libraries, only the phone numbers.",
      from: { path: "^core/src", pathNot: tests },
      to: { pathNot: "^core/src|node_modules/libphonenumber-js" },
    },
    {
      name: "protocol-knows-only-itself",
      severity: "error",
      comment: "2. protocol, client, index and standin import nothing of ours but their own folder and wire.",
      from: { path: "^vendors/([^/]+)/src/(protocol|client|index|standin)\\.ts$" },
      to: { path: ours, pathNot: "^wire/src|^vendors/$1/" },
    },
    {
      name: "protocol-does-not-lead-to-core",
      severity: "error",
      comment: "2. Nor by a detour through another file of the folder: whoever uses the library gets nothing of the hub.",
      from: { path: "^vendors/([^/]+)/src/(protocol|client|index|standin)\\.ts$" },
      to: { path: "^core/", reachable: true },
    },
    {
      name: "vendor-imports-core-only",
      severity: "error",
      comment: "3. adapter, served and what they are made of import core, wire and their own folder.",
      from: { path: "^vendors/([^/]+)/src", pathNot: tests },
      to: { path: ours, pathNot: "^core/src|^wire/src|^vendors/$1/" },
    },
    {
      name: "vendors-stay-apart",
      severity: "error",
      comment: "4. One vendor never imports another.",
      from: { path: "^vendors/([^/]+)/" },
      to: { path: "^vendors/", pathNot: "^vendors/$1/" },
    },
    {
      name: "flows-import-core-only",
      severity: "error",
      comment: "5. flows import core only.",
      from: { path: "^flows/src", pathNot: tests },
      to: { pathNot: "^flows/src|^core/src" },
    },
    {
      name: "crm-imports-core-and-database",
      severity: "error",
      comment: "6. crm imports core and the database.",
      from: { path: "^crm/src", pathNot: tests },
      to: { path: ours, pathNot: "^crm/src|^core/src" },
    },
    {
      name: "contract-imports-types-of-core",
      severity: "error",
      comment: "7. contract imports core's types only.",
      from: { path: "^contract/src" },
      to: { path: ours, pathNot: "^contract/src", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "contract-imports-core-only",
      severity: "error",
      comment: "7. And nobody else's types.",
      from: { path: "^contract/src" },
      to: { path: ours, pathNot: "^contract/src|^core/src" },
    },
    {
      name: "console-imports-contract",
      severity: "error",
      comment: "8. console imports contract and core's types only.",
      from: { path: "^console/src" },
      to: { path: ours, pathNot: "^console/src|^contract/src|^core/src" },
    },
    {
      name: "only-the-list-imports-vendors",
      severity: "error",
      comment: "9. Only server/src/vendors.ts imports vendors.",
      from: { pathNot: "^server/src/vendors\\.ts$|^vendors/|^e2e/|^bench/" },
      to: { path: "^vendors/" },
    },
    {
      name: "nobody-imports-server",
      severity: "error",
      comment: "10. Nobody imports server, except e2e and bench, the tools, and tests that need its database.",
      from: { pathNot: "^(server|e2e|bench|tools)/|\\.test\\.ts$|/testkit/" },
      to: { path: "^server/" },
    },
    {
      name: "testkit-and-standin-are-for-tests",
      severity: "error",
      comment: "11. testkit and standin are for tests and the demo.",
      from: { pathNot: "^(e2e|bench)/|\\.test\\.ts$|/testkit/|/standin\\.ts$|^vitest\\.config\\.ts$" },
      to: { path: "/testkit/|/standin\\.ts$" },
    },
    {
      name: "no-cycles",
      severity: "error",
      comment: "12. No cycles.",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "node_modules/(?!libphonenumber-js)|/fixtures/|/planted/|console/dist/|vite\\.config" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".js", ".mjs", ".cjs", ".json"],
    },
  },
};
