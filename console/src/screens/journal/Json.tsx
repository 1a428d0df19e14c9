import { Code } from "@mantine/core";

/** Data as it is, in a box that scrolls. */
export const Json = ({ value, label }: { readonly value: unknown; readonly label: string }) => (
  <Code
    block
    tabIndex={0}
    role="region"
    aria-label={label}
    style={{ maxHeight: 360, overflow: "auto", whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}
  >
    {typeof value === "string" ? value : JSON.stringify(value, null, 2)}
  </Code>
);
