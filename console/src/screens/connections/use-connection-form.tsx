import { Alert, Checkbox } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { ApiProblem, send } from "../../data/client.ts";
import type { Vendor } from "../../data/shapes.ts";
import { useText } from "../../text/text.tsx";
import { inWords, ProblemNote } from "../../ui/problem.tsx";
import { SettingsFields, type Values } from "./SettingsFields.tsx";

export interface ConnectionForm {
  readonly name: string;
  setName(name: string): void;
  readonly values: Values;
  readonly allowPrivate: boolean;
  readonly errors: Readonly<Record<string, string>>;
  readonly fields: ReactNode;
  readonly trying: boolean;
  tryIt(): Promise<void>;
  /** Runs `save`, and puts what the hub does not like beside its field. */
  send(save: () => Promise<unknown>): Promise<void>;
}

/** The state of a connection's form, whether it is new or is being changed. */
export function useConnectionForm(
  vendor: Vendor,
  start: {
    readonly values: Values;
    readonly name: string;
    readonly allowPrivate: boolean;
    readonly secretsSet?: readonly string[];
    readonly connection?: number;
  },
): ConnectionForm {
  const text = useText();
  const words = text.connections;
  const [name, setName] = useState(start.name);
  const [values, setValues] = useState<Values>(start.values);
  const [allowPrivate, setAllowPrivate] = useState(start.allowPrivate);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<string>();
  const [trial, setTrial] = useState<{ readonly ok: boolean; readonly message: string }>();
  const [trying, setTrying] = useState(false);

  const showErrors = (found: Readonly<Record<string, readonly string[]>>): void => {
    const known = new Set(["name", ...vendor.settings.map((setting) => setting.name)]);
    const plain = Object.entries(found).map(([field, said]) => [field.replace(/^\/?(settings\/)?/, ""), said.join(", ")] as const);
    setErrors(Object.fromEntries(plain.filter(([field]) => known.has(field))));
    const rest = plain.filter(([field]) => !known.has(field));
    setProblem(rest.length > 0 ? rest.map(([field, said]) => `${field}: ${said}`).join("; ") : undefined);
  };
  async function guarded(work: () => Promise<unknown>): Promise<void> {
    setErrors({});
    setProblem(undefined);
    try {
      await work();
    } catch (error) {
      if (error instanceof ApiProblem && Object.keys(error.errors).length > 0) showErrors(error.errors);
      else setProblem(inWords(error, text));
    }
  }

  return {
    name,
    setName,
    values,
    allowPrivate,
    errors,
    trying,
    async tryIt() {
      setTrial(undefined);
      setTrying(true);
      await guarded(async () => {
        const found = await send("tryConnection", {
          body: {
            vendor: vendor.id,
            settings: values as Record<string, unknown>,
            allow_private_addresses: allowPrivate,
            ...(start.connection !== undefined && { connection: start.connection }),
          },
          key: crypto.randomUUID(),
        });
        showErrors(found.errors);
        setTrial(found);
      });
      setTrying(false);
    },
    send: guarded,
    fields: (
      <>
        <SettingsFields
          settings={vendor.settings}
          values={values}
          errors={errors}
          secretsSet={start.secretsSet ?? []}
          onChange={(field, value) => {
            setTrial(undefined);
            setValues((before) => ({ ...before, [field]: value }));
          }}
        />
        <Checkbox
          label={words.privateAddresses}
          description={words.privateHint}
          checked={allowPrivate}
          onChange={({ currentTarget }) => setAllowPrivate(currentTarget.checked)}
        />
        <ProblemNote error={problem} />
        {trial && (
          <Alert
            color={trial.ok ? "teal" : "red"}
            variant="light"
            icon={trial.ok ? <IconCheck size={18} /> : <IconX size={18} />}
            title={trial.ok ? words.tryOk : words.tryFailed}
            role="status"
          >
            {trial.ok ? null : trial.message}
          </Alert>
        )}
      </>
    ),
  };
}
