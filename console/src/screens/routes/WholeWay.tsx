import { Select } from "@mantine/core";
import { useSend } from "../../data/queries.ts";
import type { RouteMatrix } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { confirm } from "../../ui/ask-person.tsx";
import { tellProblem } from "../../ui/problem.tsx";

type Route = RouteMatrix["routes"][number];
type End = Pick<RouteMatrix["sources"][number], "id" | "name">;

const several = "several";

/** All of a source goes to one CRM: in one step, so that whatever comes meanwhile goes to the one or the other. Nothing to choose where there is only one. */
export function WholeWay({ source, matrix, disabled }: { readonly source: End; readonly matrix: RouteMatrix; readonly disabled: boolean }) {
  const text = useText();
  const words = text.routes;
  const change = useSend("changeRoutes", { refresh: ["listRoutes"] });
  const crms = crmsOf(source, matrix);
  if (crms.length < 2) return null;
  const mine = matrix.routes.filter((route) => route.source === source.id && crms.some(({ id }) => id === route.target));
  const on = crms.filter(({ id }) => mine.some((route) => route.target === id && route.enabled));
  const value = on.length === 1 ? String(on[0]?.id) : on.length > 1 ? several : null;

  async function move(id: string | null): Promise<void> {
    const target = crms.find((one) => String(one.id) === id);
    if (!target) return;
    const answers = { yes: words.move, no: text.common.actions.cancel, text: words.moveText(target.name) };
    if (!(await confirm(words.moveQuestion(source.name, target.name), answers))) return;
    change.mutate({ body: { routes: movedTo(target.id, mine) } }, { onError: (error) => tellProblem(error, text) });
  }

  return (
    <Select
      size="xs"
      w={260}
      label={words.whole}
      aria-label={`${source.name}: ${words.whole}`}
      data={[
        ...crms.map(({ id, name }) => ({ value: String(id), label: name })),
        ...(value === several ? [{ value: several, label: words.several, disabled: true }] : []),
      ]}
      value={value}
      onChange={(id) => void move(id)}
      allowDeselect={false}
      disabled={disabled || change.isPending}
    />
  );
}

/** What was switched off stays off; what only the new CRM can do is switched on. */
const movedTo = (target: number, routes: readonly Route[]): Route[] =>
  routes.map((route) => {
    const same = routes.filter(({ flow }) => flow === route.flow);
    const isWanted = same.some(({ enabled }) => enabled) || same.every((one) => one.target === target);
    return { ...route, enabled: route.target === target && isWanted };
  });

/** Where this source's things may be kept: whoever takes what a CRM takes. */
function crmsOf(source: End, { flows, routes, targets }: RouteMatrix): readonly End[] {
  const keeping = new Set(flows.filter(({ needs }) => needs === "crm").map(({ name }) => name));
  const ids = new Set(routes.filter((route) => route.source === source.id && keeping.has(route.flow)).map(({ target }) => target));
  return targets.filter(({ id }) => ids.has(id));
}
