import type { Flow } from "@svyazka/core";
import { ifActive } from "./responsible.ts";
import { joinLines, listLines, remarkLines, wordsIn } from "./text.ts";

/** Another program asked for a task; it belongs to no contact or deal, because the request names none. */
export const addTask: Flow<"task.submitted", "crm"> = {
  name: "add-task",
  title: { ru: "Поставить задачу", en: "Add a task" },
  about: { ru: "Ставит задачу, которую прислала другая программа.", en: "Puts down a task that another program asked for." },
  on: ["task.submitted"],
  needs: "crm",
  async run({ data: asked }, at) {
    const words = wordsIn(at.workspace.language);
    const { name, type, due, estimateMinutes, author } = asked;
    const responsible = ifActive(asked.responsible, at);
    const isGone = asked.responsible !== undefined && responsible === undefined;
    const text = joinLines([
      asked.text,
      ...listLines(asked.extras),
      ...remarkLines(words, isGone ? [words.inactive(asked.responsible ?? "")] : []),
    ]);
    const task = await at.port.addEntry({
      kind: "task",
      key: at.key("task"),
      title: name ?? words.taskTitle,
      ...(text !== "" && { text }),
      ...(type !== undefined && { type }),
      ...(due !== undefined && { due }),
      ...(estimateMinutes !== undefined && { estimateMinutes }),
      ...(responsible !== undefined && { responsible }),
      ...(author !== undefined && { author }),
    });
    return { done: words.done.task, records: { task: task.id } };
  },
};
