import { Alert, Badge, Button, Grid, Group, Menu, Paper, Stack, Text } from "@mantine/core";
import { IconDots } from "@tabler/icons-react";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useLossReasons, usePipelines, useSources, useTags, useUsers } from "../../data/directory.ts";
import { useAsk, useSend } from "../../data/queries.ts";
import { useMay } from "../../data/session.ts";
import type { Deal } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { CustomFields } from "../../ui/custom-fields.tsx";
import { Editable } from "../../ui/editable.tsx";
import type { FieldValue } from "../../ui/field-value.tsx";
import { useFormat, When } from "../../ui/format.tsx";
import { LinkItem } from "../../ui/links.tsx";
import { Answered, tellProblem } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { FeedAndTalks } from "../activity/FeedAndTalks.tsx";
import { FieldHistory } from "../activity/FieldHistory.tsx";
import { useRecordEditor } from "../activity/use-record-editor.ts";
import { WriteButton } from "../inbox/WriteButton.tsx";
import { Attribution } from "./Attribution.tsx";
import { DealPeople } from "./DealPeople.tsx";
import { Documents } from "./Documents.tsx";
import { StageBar } from "./StageBar.tsx";
import { useLossReason } from "./use-loss-reason.tsx";

export function DealPage() {
  const { id } = useParams({ strict: false });
  const deal = useAsk("getDeal", { path: { id: Number(id) } });
  return <Answered of={deal}>{(found) => <DealCardPage key={found.id} deal={found as Deal} />}</Answered>;
}

function DealCardPage({ deal }: { readonly deal: Deal }) {
  const text = useText();
  const words = text.deals;
  const format = useFormat();
  const may = useMay();
  const navigate = useNavigate();
  const readOnly = !may("crm:write") || deal.deleted_at !== null;
  const save = useRecordEditor("deal", deal);
  const { nameOf, active } = useUsers();
  const { pipelineOf } = usePipelines();
  const sources = useSources();
  const reasons = useLossReasons();
  const tags = useTags("deal");
  const { ask, modal } = useLossReason();
  const remove = useSend("deleteDeal", { refresh: ["listDealCards", "boardTotals"], onDone: () => void navigate({ to: "/deals" }) });
  const restore = useSend("restoreDeal", { refresh: ["getDeal", "listDealCards", "boardTotals", "dealTimeline"] });
  const onError = (error: Error): void => tellProblem(error, text);
  const pipeline = pipelineOf(deal.pipeline);

  const history = (field: string, label: string) => <FieldHistory entity="deal" id={deal.id} field={field} label={label} />;
  const keep = (changes: Record<string, unknown>): Promise<boolean> => save(changes);
  async function goTo(stage: { id: number; kind: string }): Promise<void> {
    try {
      const reason = stage.kind === "lost" ? await ask() : null;
      if (reason === undefined) return;
      await keep({ stage: stage.id, ...(stage.kind === "lost" && { loss_reason: reason }) });
    } catch (error) {
      tellProblem(error, text);
    }
  }

  const talks = { deal: deal.id, contact: (deal.contacts.find((one) => one.is_main) ?? deal.contacts[0])?.id };
  const name = deal.name || `${words.card.noName} #${deal.id}`;
  return (
    <Screen
      title={name}
      wide
      actions={
        may("crm:write") &&
        (deal.deleted_at === null ? (
          <>
            <WriteButton of={talks} />
            <Menu position="bottom-end">
              <Menu.Target>
                <Button size="xs" variant="default" leftSection={<IconDots size={15} />}>
                  {text.common.actions.actions}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {may("hub:read") && (
                  <LinkItem to="/journal" search={{ q: `deal:${deal.id}` }}>
                    {words.card.whatHappened}
                  </LinkItem>
                )}
                <Menu.Item
                  color="red"
                  onClick={() =>
                    void confirm(words.card.confirmDelete, {
                      yes: text.common.actions.delete,
                      no: text.common.actions.cancel,
                      danger: true,
                    }).then((yes) => yes && remove.mutate({ path: { id: deal.id } }, { onError }))
                  }
                >
                  {text.common.actions.delete}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </>
        ) : null)
      }
    >
      {deal.deleted_at !== null && (
        <Alert color="orange" mb="md" title={words.card.deleted}>
          {may("crm:write") && (
            <Button size="xs" onClick={() => restore.mutate({ path: { id: deal.id } }, { onError })} loading={restore.isPending}>
              {text.common.actions.restore}
            </Button>
          )}
        </Alert>
      )}
      {pipeline && <StageBar pipeline={pipeline} stage={deal.stage} disabled={readOnly} onChoose={(stage) => void goTo(stage)} />}
      <Grid gap="md" mt="md">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Paper withBorder p="md" radius="md" mb="md">
            <Stack gap="sm">
              <Editable
                label={words.fields.name}
                aside={history("name", words.fields.name)}
                value={deal.name}
                editor={{ kind: "text" }}
                disabled={readOnly}
                onSave={(value) => keep({ name: value ?? "" })}
              />
              <Editable
                label={words.fields.sum}
                aside={history("sum", words.fields.sum)}
                value={deal.sum}
                shown={deal.sum !== null && format.money(deal.sum, deal.currency)}
                editor={{ kind: "number" }}
                disabled={readOnly}
                onSave={(value) => keep({ sum: value === null ? null : String(value) })}
              />
              <Editable
                label={words.fields.responsible}
                aside={history("responsible", words.fields.responsible)}
                value={deal.responsible === null ? null : String(deal.responsible)}
                shown={nameOf(deal.responsible)}
                editor={{ kind: "choice", choices: active.map((user) => ({ value: String(user.id), label: user.name })) }}
                disabled={readOnly}
                onSave={(value) => keep({ responsible: value === null ? null : Number(value) })}
              />
              <DealPeople deal={deal} disabled={readOnly} onSave={keep} />
              <Editable
                label={words.fields.source}
                aside={history("source", words.fields.source)}
                value={deal.source === null ? null : String(deal.source)}
                shown={sources.find((source) => source.id === deal.source)?.name}
                editor={{ kind: "choice", choices: sources.map((source) => ({ value: String(source.id), label: source.name })) }}
                disabled={readOnly}
                onSave={(value) => keep({ source: value === null ? null : Number(value) })}
              />
              <Editable
                label={words.fields.tags}
                value={deal.tags}
                shown={
                  <Group gap={4}>
                    {deal.tags.map((tag) => (
                      <Badge key={tag} variant="light" color="gray" tt="none">
                        {tag}
                      </Badge>
                    ))}
                  </Group>
                }
                editor={{ kind: "choices", choices: tags.map((tag) => ({ value: tag, label: tag })), creatable: true }}
                disabled={readOnly}
                onSave={(value) => keep({ tags: value ?? [] })}
              />
              {deal.loss_reason !== null && (
                <Text size="sm" c="dimmed">
                  {words.fields.lossReason}: {reasons.find((reason) => reason.id === deal.loss_reason)?.name}
                </Text>
              )}
              <CustomFields
                entity="deal"
                values={deal.fields as Record<string, FieldValue>}
                currency={deal.currency}
                disabled={readOnly}
                onSave={keep}
                aside={(code, label) => history(`fields.${code}`, label)}
              />
              <Attribution attribution={deal.attribution} />
              <Text size="xs" c="dimmed">
                #{deal.id} · {words.fields.created} <When at={deal.created_at} long /> · {words.fields.updated}{" "}
                <When at={deal.updated_at} long />
              </Text>
            </Stack>
          </Paper>
          <Documents deal={deal.id} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <FeedAndTalks entity="deal" id={deal.id} of={talks} />
        </Grid.Col>
      </Grid>
      {modal}
    </Screen>
  );
}
