import { useMay } from "../../data/session.ts";
import { useText } from "../../text/text.tsx";
import { LinkButton } from "../../ui/links.tsx";
import { Empty } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";

/** Conversations. No vendor offers them yet, and the CRM keeps none: the screen says so. */
export function Inbox() {
  const words = useText().inbox;
  const may = useMay();
  return (
    <Screen title={words.title}>
      <Empty
        title={words.empty}
        action={
          may("hub:read") && (
            <LinkButton to="/connections" variant="default">
              {words.connect}
            </LinkButton>
          )
        }
      >
        {words.emptyText}
      </Empty>
    </Screen>
  );
}
