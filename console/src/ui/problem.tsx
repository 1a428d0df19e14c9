import { Alert, Button, Center, Loader, Stack, Text, Title } from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { notifications } from "@mantine/notifications";
import { IconAlertTriangle } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { ApiProblem, Unreachable } from "../data/client.ts";
import type { Text as Words } from "../text/en/index.ts";
import { useText } from "../text/text.tsx";

/** In words, for people. */
export function inWords(error: unknown, text: Words): string {
  if (error instanceof Unreachable) return text.common.offline;
  if (error instanceof ApiProblem) {
    const fields = Object.entries(error.errors).map(([name, problems]) => `${name}: ${problems.join(", ")}`);
    return fields.length > 0 ? fields.join("; ") : error.message;
  }
  return error instanceof Error ? error.message : String(error);
}

/** Puts each problem beside its field, and answers what belongs to none of them. */
export function showInForm<Values>(form: UseFormReturnType<Values>, error: unknown, text: Words): string | undefined {
  if (!(error instanceof ApiProblem) || Object.keys(error.errors).length === 0) return inWords(error, text);
  const known: Record<string, string> = {};
  const rest: string[] = [];
  const values = form.getValues() as Record<string, unknown>;
  for (const [name, problems] of Object.entries(error.errors)) {
    const field = name.replace(/^\//, "").replaceAll("/", ".");
    if ((field.split(".")[0] ?? "") in values) known[field] = problems.join(", ");
    else rest.push(`${field}: ${problems.join(", ")}`);
  }
  form.setErrors(known);
  return rest.length > 0 ? rest.join("; ") : undefined;
}

/** Says that something did not work, where no form is there to say it. */
export function tellProblem(error: unknown, text: Words): void {
  notifications.show({ color: "red", title: text.common.failed, message: inWords(error, text), autoClose: 8000 });
}

export function ProblemNote({ error, onRetry }: { readonly error: unknown; readonly onRetry?: () => void }) {
  const text = useText();
  if (error === undefined || error === null) return null;
  return (
    <Alert color="red" variant="light" icon={<IconAlertTriangle size={18} />} role="alert">
      <Stack gap="xs" align="flex-start">
        <Text size="sm">{typeof error === "string" ? error : inWords(error, text)}</Text>
        {onRetry && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {text.common.actions.retry}
          </Button>
        )}
      </Stack>
    </Alert>
  );
}

/** Waits for an answer, or says why there is none. */
export function Answered<T>({
  of: { data, error, refetch },
  children,
}: {
  readonly of: { readonly data: T | undefined; readonly error: Error | null; refetch(): unknown };
  readonly children: (data: NonNullable<T>) => ReactNode;
}) {
  if (data !== undefined && data !== null) return children(data as NonNullable<T>);
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  return <Waiting />;
}

export function Waiting() {
  const text = useText();
  return (
    <Center py="xl">
      <Loader size="sm" aria-label={text.common.loading} />
    </Center>
  );
}

export function Empty({ title, children, action }: { readonly title: string; readonly children?: ReactNode; readonly action?: ReactNode }) {
  return (
    <Center py={60} px="md">
      <Stack align="center" gap="xs" maw={440} ta="center">
        <Title order={3} size="h4">
          {title}
        </Title>
        {children && <Text c="dimmed">{children}</Text>}
        {action}
      </Stack>
    </Center>
  );
}
