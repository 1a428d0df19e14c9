import { Forbidden, type OwnUser } from "@svyazka/core";

/** Writes of what the CRM is made of: `Forbidden`, before anything is done, to users who are no administrators. */
export const administratorOf =
  (user: OwnUser | undefined) =>
  <Args extends readonly unknown[], T>(write: (...args: Args) => Promise<T>) =>
  async (...args: Args): Promise<T> => {
    if (user && user.role !== "administrator") throw new Forbidden("only administrators may change what the CRM is made of");
    return write(...args);
  };
