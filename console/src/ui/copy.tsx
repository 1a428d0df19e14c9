import { ActionIcon, Code, CopyButton, Group, Tooltip } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useText } from "../text/text.tsx";

/** A text to take elsewhere, exactly as it is. */
export function Copyable({ value, block = false, label }: { readonly value: string; readonly block?: boolean; readonly label?: string }) {
  const { actions } = useText().common;
  return (
    <Group gap={6} wrap="nowrap" align={block ? "flex-start" : "center"}>
      <Code block={block} flex={1} style={{ overflowWrap: "anywhere", whiteSpace: block ? "pre-wrap" : undefined }} aria-label={label}>
        {value}
      </Code>
      <CopyButton value={value}>
        {({ copied, copy }) => (
          <Tooltip label={copied ? actions.copied : actions.copy}>
            <ActionIcon onClick={copy} aria-label={`${actions.copy}${label ? `: ${label}` : ""}`} color={copied ? "teal" : "gray"}>
              {copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
            </ActionIcon>
          </Tooltip>
        )}
      </CopyButton>
    </Group>
  );
}
