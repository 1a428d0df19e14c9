export const grants = {
  title: "Who let it in",
  empty: "Nobody has let it in yet",
  issue: "Let it in by hand",
  issueText: "For a program that asks for a code or a token. Both are shown this once; the code is good for 20 minutes.",
  user: "In whose name",
  anyAdministrator: "an administrator",
  days: "A token for so many days",
  noToken: "a code only",
  letIn: "Let it in",
  revoke: "End it",
  revokeConfirm: (name: string) => `End the access that ${name} gave? None of its tokens is good from now on.`,
  somebody: "Somebody who has left",
};
