import { Button } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { Unreachable } from "../../data/client.ts";
import { useText } from "../../text/text.tsx";
import { Empty } from "../../ui/problem.tsx";

export function NotFound() {
  const { notFound } = useText().common;
  return (
    <Empty
      title={notFound.title}
      action={
        <Button component="a" href="/deals" variant="default">
          {notFound.home}
        </Button>
      }
    >
      {notFound.text}
    </Empty>
  );
}

/** A mistake of ours, or a hub that is away: nothing that a person did. */
export function Broken({ error }: ErrorComponentProps) {
  const { broken, offline, failed } = useText().common;
  const isAway = error instanceof Unreachable;
  return (
    <Empty title={isAway ? failed : broken.title} action={<Button onClick={() => location.reload()}>{broken.reload}</Button>}>
      {isAway ? offline : `${broken.text} (${error instanceof Error ? error.message : String(error)})`}
    </Empty>
  );
}
