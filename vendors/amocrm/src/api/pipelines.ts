import { type FieldProblem, fieldProblem, lost, type Pipeline, type Status, won } from "../protocol.ts";
import type { PipelineDraft, StatusDraft } from "./account.ts";
import { readItems, readOne, writeItems } from "./batch.ts";
import { type At, type Handler, idAt, notFound, type Route, route } from "./http.ts";
import { given, linked, selfOf, wholeAnswer } from "./query.ts";
import { anything, flag, int, list, object, type ReadBy, text } from "./shape.ts";

/** Pipelines, their statuses, and why leads are lost. Source: crm_platform/leads_pipelines */

export const pipelineRoutes: readonly Route[] = [
  route("GET", "/api/v4/leads/pipelines", listPipelines),
  route("POST", "/api/v4/leads/pipelines", createPipelines),
  route("GET", "/api/v4/leads/pipelines/{id}", onePipeline),
  route("PATCH", "/api/v4/leads/pipelines/{id}", updatePipeline),
  route("DELETE", "/api/v4/leads/pipelines/{id}", removePipeline),
  route("GET", "/api/v4/leads/pipelines/{id}/statuses", listStatuses),
  route("POST", "/api/v4/leads/pipelines/{id}/statuses", createStatuses),
  route("GET", "/api/v4/leads/pipelines/{id}/statuses/{id}", oneStatus),
  route("PATCH", "/api/v4/leads/pipelines/{id}/statuses/{id}", updateStatus),
  route("DELETE", "/api/v4/leads/pipelines/{id}/statuses/{id}", removeStatus),
  route("GET", "/api/v4/leads/loss_reasons", listLossReasons),
  route("GET", "/api/v4/leads/loss_reasons/{id}", oneLossReason),
];

/** The colours one may choose; older accounts hold others, too. */
export const colours = (
  "fffeb2 fffd7f fff000 ffeab2 ffdc7f ffce5a ffdbdb ffc8c8 ff8f92 d6eaff c1e0ff 98cbff ebffb1 deff81 87f2c0 f9deff f3beff ccc8f9 eb93ff " +
  "f2f3f4 e6e8ea"
)
  .split(" ")
  .map((colour) => `#${colour}`);

const status = object({
  id: int(1),
  name: text(255, 1),
  sort: int(0, 100_000),
  color: text(20),
  is_editable: anything,
  pipeline_id: anything,
  type: anything,
  account_id: anything,
  descriptions: anything,
  request_id: anything,
});
const pipeline = object({
  id: int(1),
  name: text(255, 1),
  sort: int(0, 100_000),
  is_main: flag,
  is_unsorted_on: flag,
  is_archive: anything,
  account_id: anything,
  request_id: anything,
  _embedded: object({ statuses: list(status, 100) }),
});

function statusDraft({ id, name, sort, color }: ReadBy<typeof status>, path: string, problems: FieldProblem[]): StatusDraft {
  const isEnd = id === won || id === lost;
  if (color !== undefined && !colours.includes(color.toLowerCase()) && !isEnd)
    problems.push(fieldProblem("NotSupportedChoice", `${path}color`));
  return given({ id, name, sort, color: isEnd ? undefined : color?.toLowerCase() });
}

function readPipeline(sent: unknown, problems: FieldProblem[], isNew: boolean): PipelineDraft | undefined {
  const item = pipeline(sent, "", problems);
  if (!item) return undefined;
  const { name, sort, is_main, is_unsorted_on } = item;
  if (isNew)
    for (const [member, value] of Object.entries({ name, sort, is_main, is_unsorted_on }))
      if (value === undefined) problems.push(fieldProblem("FieldMissing", member));
  const statuses = item._embedded?.statuses?.map((one, index) => statusDraft(one, `_embedded.statuses.${index}.`, problems));
  return given({ name, sort, is_main, is_unsorted_on, statuses });
}

const written = (at: At, one: Pipeline) => ({
  ...linked(at, "leads/pipelines", one, one.id),
  _embedded: { statuses: one._embedded.statuses.map((status) => writtenStatus(at, status)) },
});
const writtenStatus = (at: At, one: Status) => linked(at, `leads/pipelines/${one.pipeline_id}/statuses`, one, one.id);

async function listPipelines(at: At): ReturnType<Handler> {
  const pipelines = await at.account.pipelines();
  return wholeAnswer(
    at,
    "pipelines",
    pipelines.map((one) => written(at, one)),
  );
}

const pipelineAt = async (at: At): Promise<Pipeline | undefined> => (await at.account.pipelines()).find(({ id }) => id === idAt(at));

async function onePipeline(at: At): ReturnType<Handler> {
  const found = await pipelineAt(at);
  return found && { body: written(at, found) };
}

async function createPipelines(at: At): ReturnType<Handler> {
  const items = await readItems(at.json(), (item, problems) => readPipeline(item, problems, true), 50);
  const made = await writeItems(at.account, items, (pen, draft) => pen.createPipeline(draft));
  const pipelines = await at.account.pipelines();
  return {
    body: {
      _total_items: made.length,
      _links: selfOf(at),
      _embedded: {
        pipelines: made.flatMap(({ result, requestId }) => {
          const one = pipelines.find(({ id }) => id === result);
          return one ? [{ ...written(at, one), request_id: requestId }] : [];
        }),
      },
    },
  };
}

async function updatePipeline(at: At): ReturnType<Handler> {
  const draft = await readOne(at.json(), (sent, problems) => readPipeline(sent, problems, false));
  if (!(await pipelineAt(at))) throw notFound();
  await at.account.write((pen) => pen.updatePipeline(idAt(at), draft));
  const after = await pipelineAt(at);
  return after && { body: written(at, after) };
}

async function removePipeline(at: At): ReturnType<Handler> {
  if (!(await pipelineAt(at))) throw notFound();
  await at.account.write((pen) => pen.removePipeline(idAt(at)));
  return undefined;
}

async function listStatuses(at: At): ReturnType<Handler> {
  const found = await pipelineAt(at);
  if (!found) throw notFound();
  return wholeAnswer(
    at,
    "statuses",
    found._embedded.statuses.map((one) => writtenStatus(at, one)),
  );
}

const statusAt = async (at: At): Promise<Status | undefined> =>
  (await pipelineAt(at))?._embedded.statuses.find(({ id }) => id === idAt(at, 1));

async function oneStatus(at: At): ReturnType<Handler> {
  const found = await statusAt(at);
  return found && { body: writtenStatus(at, found) };
}

async function createStatuses(at: At): ReturnType<Handler> {
  if (!(await pipelineAt(at))) throw notFound();
  const items = await readItems(
    at.json(),
    (item, problems) => {
      const sent = status(item, "", problems);
      if (sent && sent.name === undefined) problems.push(fieldProblem("FieldMissing", "name"));
      return sent && statusDraft(sent, "", problems);
    },
    100,
  );
  const made = await writeItems(at.account, items, (pen, draft) => pen.createStatus(idAt(at), draft));
  const statuses = (await pipelineAt(at))?._embedded.statuses ?? [];
  return {
    body: {
      _total_items: made.length,
      _links: selfOf(at),
      _embedded: {
        statuses: made.flatMap(({ result, requestId }) => {
          const one = statuses.find(({ id }) => id === result);
          return one ? [{ ...writtenStatus(at, one), request_id: requestId }] : [];
        }),
      },
    },
  };
}

async function updateStatus(at: At): ReturnType<Handler> {
  const draft = await readOne(at.json(), (item, problems) => {
    const sent = status(item, "", problems);
    return sent && statusDraft({ ...sent, id: idAt(at, 1) }, "", problems);
  });
  if (!(await statusAt(at))) throw notFound();
  await at.account.write((pen) => pen.updateStatus(idAt(at), idAt(at, 1), draft));
  const after = await statusAt(at);
  return after && { body: writtenStatus(at, after) };
}

async function removeStatus(at: At): ReturnType<Handler> {
  if (!(await statusAt(at))) throw notFound();
  await at.account.write((pen) => pen.removeStatus(idAt(at), idAt(at, 1)));
  return undefined;
}

async function listLossReasons(at: At): ReturnType<Handler> {
  const reasons = await at.account.lossReasons();
  return wholeAnswer(
    at,
    "loss_reasons",
    reasons.map((one) => linked(at, "leads/loss_reasons", one, one.id)),
  );
}

async function oneLossReason(at: At): ReturnType<Handler> {
  const found = (await at.account.lossReasons()).find(({ id }) => id === idAt(at));
  return found && { body: linked(at, "leads/loss_reasons", found, found.id) };
}
