/** How the tests of the stand-in talk to it: plainly, with no client of ours in between. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what comes is whatever the method answers.
  readonly result: any;
  readonly error: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly body: any;
  readonly text: string;
}

/** Asks a method in JSON. `base` is the webhook, or `<url>/rest/` with `auth` among the parameters. */
export async function ask(base: string, method: string, params: object = {}): Promise<Answer> {
  return read(
    await fetch(base + method, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(params) }),
  );
}

/** Asks for the application, of a portal whose tokens are at hand. */
export const askApp = (
  portal: { readonly url: string; tokens(userId?: number): { readonly access_token: string } },
  method: string,
  params: object = {},
  userId = 1,
): Promise<Answer> => ask(`${portal.url}/rest/`, method, { ...params, auth: portal.tokens(userId).access_token });

export async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const body = JSON.parse(text);
  return { status: response.status, result: body.result, error: body.error, body, text };
}
