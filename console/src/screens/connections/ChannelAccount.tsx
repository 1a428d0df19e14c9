import { Alert, Badge, Button, Group, Loader, Paper, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import type { AnswerOf } from "../../data/client.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Connection } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { useChannelsText } from "../../text/with-screens.ts";
import { confirm } from "../../ui/ask-person.tsx";
import { formatPhone } from "../../ui/phone.tsx";
import { Answered, tellProblem } from "../../ui/problem.tsx";

type Account = AnswerOf<"getChannelAccount">;

/** While somebody stands there with a phone in the hand; and otherwise. */
const waitingMs = 3_000;
const restingMs = 30_000;
/** What a start may take, and a little more. */
const patienceSeconds = 150;
const waits = (account: Account | undefined): boolean =>
  account !== undefined && ["starting", "needs_qr", "needs_code", "unknown"].includes(account.state);

const colours: Readonly<Record<Account["state"], string>> = {
  active: "teal",
  starting: "link",
  needs_qr: "orange",
  needs_code: "orange",
  blocked: "red",
  disabled: "gray",
  unknown: "gray",
};

/** The account of a messenger: how it is, and the picture that a phone reads to sign it in. */
export function ChannelAccount({ connection }: { readonly connection: Connection }) {
  const words = useChannelsText();
  const path = { id: connection.id };
  const known = useAsk("getChannelAccount", { path }, { enabled: false });
  const account = useAsk("getChannelAccount", { path }, { staleTime: 0, refetchInterval: waits(known.data) ? waitingMs : restingMs });
  return (
    <Paper withBorder p="md" radius="md" component="section" aria-label={words.account}>
      <Text fw={600} component="h2" mb="xs">
        {words.account}
      </Text>
      <Answered of={account}>{(found) => <Shown id={connection.id} account={found as Account} />}</Answered>
    </Paper>
  );
}

function Shown({ id, account }: { readonly id: number; readonly account: Account }) {
  const text = useText();
  const words = useChannelsText();
  const may = useMay();
  const { state, detail, phone, name, picture, signs_out } = account;
  const refresh = ["getChannelAccount", "getConnection"] as const;
  const restart = useSend("restartChannelAccount", { refresh });
  const signOut = useSend("signOutChannelAccount", { refresh, onDone: () => notifications.show({ message: words.signedOut }) });
  const onError = (error: Error): void => tellProblem(error, text);
  const isBusy = restart.isPending || signOut.isPending;
  return (
    <Stack gap="sm">
      <Group gap="sm" role="status">
        <Badge color={colours[state]} variant="light" tt="none" size="lg">
          {words.states[state]}
        </Badge>
        {phone !== null && <Text size="sm">{formatPhone(phone.startsWith("+") ? phone : `+${phone}`)}</Text>}
        {name !== null && name !== phone && (
          <Text size="sm" c="dimmed">
            {name}
          </Text>
        )}
      </Group>
      <Text size="sm">{words.stateTexts[state]}</Text>
      {detail !== null && detail !== "" && (
        <Text
          size="sm"
          c={state === "needs_code" ? undefined : "dimmed"}
          fw={state === "needs_code" ? 600 : 400}
          style={{ overflowWrap: "anywhere" }}
        >
          {detail}
        </Text>
      )}
      {state === "needs_qr" && !restart.isPending && <Picture picture={picture} />}
      {restart.isPending && (
        <Alert color="link" variant="light" icon={<Loader size={18} />}>
          {words.restarting}
        </Alert>
      )}
      {may("hub:write") && (
        <Group gap="xs">
          <Button
            size="xs"
            variant={state === "active" ? "default" : "filled"}
            loading={restart.isPending}
            disabled={isBusy}
            onClick={() => restart.mutate({ path: { id }, patienceSeconds }, { onError })}
          >
            {state === "disabled" ? words.start : words.restart}
          </Button>
          {signs_out && state !== "disabled" && (
            <Button
              size="xs"
              variant="default"
              loading={signOut.isPending}
              disabled={isBusy}
              onClick={() =>
                void confirm(words.signOutConfirm, { yes: words.signOut, no: text.common.actions.cancel, danger: true }).then(
                  (yes) => yes && signOut.mutate({ path: { id }, patienceSeconds }, { onError }),
                )
              }
            >
              {words.signOut}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}

/** On white, also in the dark: cameras do not read it otherwise. */
function Picture({ picture }: { readonly picture: string | null }) {
  const words = useChannelsText();
  if (picture === null)
    return (
      <Group gap="sm">
        <Loader size="sm" aria-hidden />
        <Text size="sm">{words.pictureWaits}</Text>
      </Group>
    );
  return (
    <div>
      <img
        src={picture}
        alt={words.picture}
        width={264}
        height={264}
        style={{
          background: "white",
          padding: 14,
          borderRadius: 12,
          border: "1px solid var(--mantine-color-default-border)",
          maxWidth: "100%",
        }}
      />
      <Text size="xs" c="dimmed">
        {words.pictureNew}
      </Text>
    </div>
  );
}
