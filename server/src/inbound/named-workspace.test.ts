import { expect, it } from "vitest";
import { namedWorkspace } from "./named-workspace.ts";

it.each([
  ["https://romashka.hub.example", "https://hub.example", "romashka"],
  ["https://Romashka.Hub.Example:8443/in/7", "https://hub.example", "romashka"],
  ["http://romashka.localhost:3000", "http://localhost:3000", "romashka"],
  ["https://hub.example", "https://hub.example", undefined],
  ["https://a.b.hub.example", "https://hub.example", undefined],
  ["https://otherhub.example", "https://hub.example", undefined],
  ["http://127.0.0.1:3000", "https://hub.example", undefined],
  [undefined, "https://hub.example", undefined],
])("%s at %s names %s", (origin, publicUrl, name) => {
  expect(namedWorkspace(origin, publicUrl)).toBe(name);
});
