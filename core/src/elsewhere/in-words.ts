/** What a far side says, in the words of a port. */

/** Does work of which every error is translated. */
export type Asking = <T>(work: () => Promise<T>) => Promise<T>;

/** `translate` answers what to throw in place of an error; what is none of the far side's, as it is. */
export const askingIn =
  (translate: (error: unknown) => unknown): Asking =>
  async (work) => {
    try {
      return await work();
    } catch (error) {
      throw translate(error);
    }
  };

/** The same members, which throw what a port may throw. All of its functions must answer promises. */
export function inWords<P extends object>(port: P, translate: (error: unknown) => unknown): P {
  const asking = askingIn(translate);
  return Object.fromEntries(
    Object.entries(port).map(([name, member]) => [
      name,
      typeof member === "function"
        ? (...given: unknown[]) => asking(() => (member as (...given: unknown[]) => Promise<unknown>)(...given))
        : member,
    ]),
  ) as P;
}
