import { Badge, Button, Group, Paper, SegmentedControl, Stack, Text } from "@mantine/core";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { usePages } from "../../data/queries.ts";
import { useSession } from "../../data/session.ts";
import type { Task } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { Empty, ProblemNote, Waiting } from "../../ui/problem.tsx";
import { Screen } from "../../ui/screen.tsx";
import { TaskLine } from "../activity/OpenTasks.tsx";

type When = "overdue" | "today" | "later" | "undated" | "done";
interface TaskSearch {
  readonly whose?: "mine" | "everybody";
}

/** What is to be done: what is late first, then today, then the rest. */
export function Tasks() {
  const text = useText();
  const words = text.tasks;
  const { whose = "mine" } = useSearch({ strict: false }) as TaskSearch;
  const navigate = useNavigate();
  return (
    <Screen
      title={words.title}
      actions={
        <SegmentedControl
          size="xs"
          value={whose}
          aria-label={words.title}
          onChange={(value) => void navigate({ to: "/tasks", search: { whose: value }, replace: true })}
          data={[
            { value: "mine", label: words.mine },
            { value: "everybody", label: words.everybody },
          ]}
        />
      }
    >
      <TaskGroups mine={whose === "mine"} />
    </Screen>
  );
}

const startOfToday = (): Date => new Date(new Date().setHours(0, 0, 0, 0));

function TaskGroups({ mine }: { readonly mine: boolean }) {
  const text = useText();
  const words = text.tasks;
  const { user } = useSession();
  const whose = mine && user ? { responsible: user.id } : {};
  const today = startOfToday();
  const tomorrow = new Date(today.getTime() + 86_400_000);
  const open = usePages("listTasks", { query: { done: false, sort: "due", limit: 100, ...whose } });
  const done = usePages("listTasks", { query: { done: true, sort: "-updated_at", limit: 20, ...whose } });
  if (open.error && open.items.length === 0) return <ProblemNote error={open.error} onRetry={() => void open.refetch()} />;
  if (open.isPending) return <Waiting />;
  const now = new Date();
  const whenOf = (task: Task): When => {
    if (task.due === null) return "undated";
    const due = new Date(task.due);
    return due < now ? "overdue" : due < tomorrow ? "today" : "later";
  };
  const groups = Map.groupBy(open.items as Task[], whenOf);
  const colours: Readonly<Record<When, string>> = { overdue: "red", today: "link", later: "gray", undated: "gray", done: "teal" };
  const group = (when: When, tasks: readonly Task[]) =>
    tasks.length > 0 && (
      <Paper key={when} withBorder radius="md" p="md">
        <Group mb="xs" gap="xs">
          <Text fw={600} component="h2">
            {words[when]}
          </Text>
          {when !== "done" && (
            <Badge variant="light" color={colours[when]}>
              {tasks.length}
            </Badge>
          )}
        </Group>
        <Stack gap="sm">
          {tasks.map((task) => (
            <div key={task.id}>
              <TaskLine task={task} />
              <About task={task} />
            </div>
          ))}
        </Stack>
      </Paper>
    );
  return (
    <Stack>
      {open.items.length === 0 && <Empty title={words.empty}>{words.emptyText}</Empty>}
      {(["overdue", "today", "later", "undated"] as const).map((when) => group(when, groups.get(when) ?? []))}
      {open.hasNextPage && (
        <Button variant="default" loading={open.isFetchingNextPage} onClick={() => void open.fetchNextPage()}>
          {text.common.loadMore}
        </Button>
      )}
      {group("done", done.items as Task[])}
    </Stack>
  );
}

const pages = { contact: "/contacts/$id", company: "/companies/$id", deal: "/deals/$id" } as const;

/** Which record a task is about. */
function About({ task: { about } }: { readonly task: Task }) {
  if (!about) return null;
  return (
    <Text size="xs" pl={32}>
      <Link to={pages[about.entity]} params={{ id: String(about.id) }}>
        {about.name || `#${about.id}`}
      </Link>
    </Text>
  );
}
