import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  type Files,
  type Messenger,
  partsOf,
  Refused,
  type SentFile,
  type SentMessage,
  Unavailable,
  Undelivered,
  Unsure,
} from "../src/index.ts";

/** What the other side can be made to do: to say no in words, to ask to be left alone, to take a message and lose the answer. */
export type MessengerTrouble = "refusing" | "flooded" | "losing-answers";

/** One message of the channel, as it arrived there. */
export interface TakenMessage {
  /** Of the message, or below its file. */
  readonly text: string;
  readonly fileName?: string | undefined;
}

/** A channel to try, and somebody who can be written to. */
export interface MessengerOnTrial {
  readonly messenger: Messenger;
  /** The number of its connection. */
  readonly connection: string;
  readonly conversation: SentMessage["conversation"];
  /** What has reached the other side, in order. */
  taken(): readonly TakenMessage[];
  be(how: "well" | MessengerTrouble): void;
  /** The same channel, where nobody listens. */
  readonly lost: Messenger;
  /** The same, by a way out that has no turn for it: `NotYet` is thrown before anything leaves. */
  readonly waiting?: Messenger;
  /** The same, with a token that is worth nothing. */
  readonly revoked?: Messenger;
  /** What nobody may read in an error. */
  readonly secrets: readonly string[];
  close(): Promise<void>;
}

export interface MessengerLacks {
  /** The channel does not tell its own ids. */
  readonly ids?: true;
  /** It cannot tell a line that was never open from an answer that was lost: then a message is `Unsure` more often than it need be. */
  readonly closed?: true;
  readonly troubles?: readonly MessengerTrouble[];
}

const kept: Readonly<Record<string, { readonly name: string; readonly type: string; readonly text: string }>> = {
  price: { name: "Прайс 2026.pdf", type: "application/pdf", text: "%PDF-1.7 прайс" },
  act: { name: "Акт.pdf", type: "application/pdf", text: "%PDF-1.7 акт" },
};

/** The files that the contract sends: for `kit.files`. */
export const trialFiles: Files = {
  async read(id) {
    const file = kept[id];
    if (!file) throw new Refused(`there is no file ${id}`);
    return { name: file.name, type: file.type, bytes: new TextEncoder().encode(file.text) };
  },
  url: (id) => `http://127.0.0.1/files/${id}`,
};
const fileOf = (file: string): SentFile => ({
  ...{ kind: "file", file, name: kept[file]?.name, type: kept[file]?.type, bytes: new TextEncoder().encode(kept[file]?.text).length },
});

/** Every promise of the `Messenger` port, as one suite. */
export function messengerContract(name: string, make: () => Promise<MessengerOnTrial>, lacks: MessengerLacks = {}): void {
  describe(`${name} keeps the promises of a messenger`, () => {
    let trial: MessengerOnTrial;
    let count = 0;
    beforeAll(async () => {
      trial = await make();
    });
    afterEach(() => trial.be("well"));
    afterAll(() => trial.close());

    const draft = (text: string, files: readonly SentFile[] = []): SentMessage => ({
      message: {
        ...{ id: String(++count), uid: `00000000-0000-4000-8000-${String(count).padStart(12, "0")}`, text, files, content: null },
        ...{ kind: files[0]?.kind ?? "text", at: "2026-03-02T10:00:00.000Z" },
      },
      conversation: trial.conversation,
    });
    const sendAll = async (sent: SentMessage, messenger = trial.messenger) => {
      const answers: Awaited<ReturnType<Messenger["send"]>>[] = [];
      for (const [place, part] of partsOf(sent, messenger.abilities).entries())
        answers.push(await messenger.send({ place, part, key: `${sent.message.uid}.${place}` }, sent));
      return answers;
    };
    const errorOf = async (sent: SentMessage, messenger?: Messenger): Promise<Error> => {
      const error = await sendAll(sent, messenger).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(Error);
      keepsSecrets(error as Error);
      return error as Error;
    };
    /** Nowhere in it, however deep: errors are written into logs whole. */
    const keepsSecrets = (error: unknown): void => {
      for (let at = error; at instanceof Error; at = at.cause)
        for (const secret of trial.secrets) expect(`${at.message} ${at.stack ?? ""}`).not.toContain(secret);
    };
    const playable = (trouble: MessengerTrouble): boolean => !(lacks.troubles ?? []).includes(trouble);

    it("is that of its connection, and takes texts of some length", () => {
      const { of, abilities } = trial.messenger;
      expect(of).toBe(trial.connection);
      expect(abilities.longestText).toBeGreaterThan(0);
      expect(abilities.longestCaption).toBeGreaterThanOrEqual(0);
      expect(abilities.largestFile).toBeGreaterThan(0);
    });

    it("takes a text once, as it is, and answers with an id of its own", async () => {
      const before = trial.taken().length;
      const text = "Здравствуйте 👋\nЦена <b>100</b> & *скидка*_";
      const [answer] = await sendAll(draft(text));
      expect(trial.taken().slice(before)).toMatchObject([{ text }]);
      if (!lacks.ids) expect(answer?.external).toEqual(expect.stringMatching(/./));
    });

    it("sends a file under its name", async () => {
      const before = trial.taken().length;
      await sendAll(draft("", [fileOf("price")]));
      expect(trial.taken().slice(before)).toMatchObject([{ fileName: "Прайс 2026.pdf" }]);
    });

    it("needs several messages for some, which arrive in order, each with an id", async () => {
      const before = trial.taken().length;
      const answers = await sendAll(draft("Цены", [fileOf("price"), fileOf("act")]));
      const taken = trial.taken().slice(before);
      expect(taken.flatMap(({ fileName }) => fileName ?? [])).toEqual(["Прайс 2026.pdf", "Акт.pdf"]);
      expect(taken.map(({ text }) => text).join("")).toBe("Цены");
      expect(answers).toHaveLength(taken.length);
      if (!lacks.ids) expect(new Set(answers.map(({ external }) => external)).size).toBe(taken.length);
    });

    it.runIf(playable("refusing"))("that says no is refused, in words and with a reason", async () => {
      const before = trial.taken().length;
      trial.be("refusing");
      const error = await errorOf(draft("Никому"));
      expect(error).toBeInstanceOf(Refused);
      expect(error.message).toMatch(/\p{L}{3}/u);
      if (error instanceof Undelivered) expect(error.reason).toMatch(/^[a-z_]+$/);
      expect(trial.taken()).toHaveLength(before);
    });

    it.runIf(!lacks.closed)("that is not there is unavailable: nothing was sent, and it is certain", async () => {
      const before = trial.taken().length;
      expect(await errorOf(draft("Вы тут?"), trial.lost)).toBeInstanceOf(Unavailable);
      expect(await errorOf(draft("", [fileOf("price")]), trial.lost)).toBeInstanceOf(Unavailable);
      expect(trial.taken()).toHaveLength(before);
    });

    it("for which there is no turn yet says so, and has sent nothing", async () => {
      if (!trial.waiting) return;
      const before = trial.taken().length;
      expect(await errorOf(draft("Скоро"), trial.waiting)).toMatchObject({ name: "NotYet" });
      expect(await errorOf(draft("", [fileOf("price")]), trial.waiting)).toMatchObject({ name: "NotYet" });
      expect(trial.taken()).toHaveLength(before);
    });

    it("that does not know us any more is shut, and nobody is asked to sign in: what comes in meanwhile is taken", async () => {
      if (!trial.revoked) return;
      expect(await errorOf(draft("Вы тут?"), trial.revoked)).toMatchObject({ name: "Closed" });
    });

    it.runIf(playable("losing-answers"))("whose answer was lost is unsure, and sends nothing again by itself", async () => {
      const before = trial.taken().length;
      trial.be("losing-answers");
      const sent = draft("Дошло?");
      expect(await errorOf(sent)).toBeInstanceOf(Unsure);
      expect(trial.taken().slice(before)).toMatchObject([{ text: "Дошло?" }]);
      trial.be("well");
      // Whoever asks again, sends it again.
      await sendAll(sent);
      expect(trial.taken().slice(before)).toHaveLength(2);
    });

    it.runIf(playable("flooded"))("that has too much to do says for how long, and has taken nothing", async () => {
      const before = trial.taken().length;
      trial.be("flooded");
      const error = await errorOf(draft("Одно за другим"));
      expect(error).toBeInstanceOf(Unavailable);
      expect((error as Unavailable).retryAfterSeconds).toBeGreaterThan(0);
      expect(trial.taken()).toHaveLength(before);
    });
  });
}
