export const routes = {
  title: "Routes",
  text: "Who tells whom: what each source brings, what is done about it, and where it goes.",
  source: "From",
  flow: "What is done",
  targets: "To",
  empty: "There is nothing to tell anybody yet",
  emptyText: "Once a connection that brings something and one that can take it are there, each way between them stands here.",
  nobody: "Nobody listens",
  whole: "Where all of it goes",
  several: "To several CRMs",
  moveQuestion: (source: string, target: string) => `Send “${source}” to “${target}”?`,
  moveText: (target: string) =>
    `Everything new goes to “${target}” only. What has come already goes on to where it was going: nothing is lost, and nothing is done twice.`,
  move: "Send it there",
};
