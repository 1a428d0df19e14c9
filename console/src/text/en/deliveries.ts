import { english } from "../plural.ts";

export const deliveries = {
  title: "Deliveries",
  count: english("delivery", "deliveries"),
  causes: "What stands in the way",
  noCauses: "Everything got through",
  all: "All deliveries",
  retryAll: "Retry all",
  skipAll: "Skip all",
  retryConfirm: (count: string) => `Try again: ${count}?`,
  skipConfirm: (count: string) => `Skip: ${count}? They are not done.`,
  since: "since",
  latest: "latest",
  state: "State",
  flow: "What is done",
  target: "To",
  when: "When",
  detail: "In words",
  empty: "No deliveries",
  progress: (done: number, total: number) => `${done} of ${total}`,
  cancel: "Stop",
};
