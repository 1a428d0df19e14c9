import { english } from "../plural.ts";

export const tasks = {
  title: "Tasks",
  count: english("task", "tasks"),
  mine: "Mine",
  everybody: "Everybody's",
  overdue: "Overdue",
  today: "Today",
  later: "Later",
  undated: "Whenever",
  done: "Done",
  empty: "Nothing to do here",
  emptyText: "Tasks from deals, missed calls and people stand here.",
};
