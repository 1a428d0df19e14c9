// The two forms that are needed before anyone can sign in. The code of the link stands behind "#", so it is never sent in an address.
const russian = navigator.language.toLowerCase().startsWith("ru");
if (!russian) {
  document.documentElement.lang = "en";
  for (const element of document.querySelectorAll("[data-en]")) element.textContent = element.dataset.en;
  document.title = "Svyazka";
}

const form = document.querySelector("form[data-action]");
const problem = form.querySelector("[role=alert]");
const code = location.hash.slice(1);

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void send();
});

async function send() {
  const button = form.querySelector("button");
  button.disabled = true;
  problem.hidden = true;
  const fields = Object.fromEntries(new FormData(form));
  if (form.dataset.kind === "setup") {
    fields.time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    fields.language = russian ? "ru" : "en";
  }
  try {
    const answer = await fetch(form.dataset.action, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ ...fields, code }),
    });
    const body = await answer.json();
    if (!answer.ok)
      throw new Error(
        [body.detail, ...Object.entries(body.errors ?? {}).map(([name, words]) => `${name}: ${words.join(", ")}`)].join(". "),
      );
    form.hidden = true;
    document.querySelector("section").hidden = false;
    const token = document.querySelector("[data-token]");
    if (token) token.textContent = body.api_token;
    history.replaceState(null, "", location.pathname);
  } catch (error) {
    problem.textContent = error.message;
    problem.hidden = false;
    button.disabled = false;
  }
}
