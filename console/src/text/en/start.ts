export const start = {
  title: "Let us begin",
  steps: { company: "Company", people: "People", connection: "First connection" },
  companyText: "How phones are read, and what sums are in. All of it can be changed later.",
  peopleText: "Who works with deals? Each gets a link to choose a password.",
  addPerson: "Add",
  later: "Later",
  connectionText: "Where do your clients come from? A connection takes a minute, and every client stands on the board at once.",
  demoTitle: "Just looking",
  demoText: "Half a year of a small company is filled in, and people ring and write who do not exist. Try everything.",
  demo: "Try it with demo data",
  finish: "To the deals",
  invited: "Send each their link. It is shown this once.",
};
