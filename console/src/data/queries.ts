import {
  type InfiniteData,
  QueryCache,
  QueryClient,
  type QueryKey,
  type UseMutationResult,
  type UseQueryResult,
  useInfiniteQuery,
  useMutation,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { addresses } from "./api.gen.ts";
import { type AnswerOf, ApiProblem, type Input, type ItemOf, type OperationId, type QueryOf, send, Unreachable } from "./client.ts";

/** Questions and changes, as hooks. A question's key begins with its operation, so that news can say what to ask again. */

const isAway = (error: Error): boolean => error instanceof Unreachable;
/** While the hub is away, everything is tried again and again; what it refused is not. */
const retry = (count: number, error: Error): boolean =>
  isAway(error) || (count < 2 && !(error instanceof ApiProblem && error.status < 500));
const retryDelay = (count: number): number => Math.min(500 * 2 ** count, 5000);

/**
 * Whose session has ended and who asks for a new screen signs in again, and comes back to it.
 * A screen that is already there stays, with what was typed into it, and says so itself.
 */
let isLeaving = false;
const leaveWhenSignedOut = (error: Error): void => {
  const { pathname, search } = location;
  if (!(error instanceof ApiProblem) || error.status !== 401 || /^\/(sign-in|setup|invitation)/.test(pathname)) return;
  // A screen asks several questions: the second would break off what the first has begun.
  if (isLeaving) return;
  isLeaving = true;
  location.assign(`/sign-in?to=${encodeURIComponent(pathname + search)}`);
};

export const makeQueryClient = (): QueryClient =>
  new QueryClient({
    // Whether somebody is signed in at all is asked by the router, which knows the way itself.
    queryCache: new QueryCache({
      onError: (error, { queryKey, state }) => queryKey[0] !== "whoAmI" && state.data === undefined && leaveWhenSignedOut(error),
    }),
    defaultOptions: {
      queries: { retry, retryDelay, staleTime: 15_000, refetchOnWindowFocus: true, networkMode: "always" },
      mutations: { retry: (count, error) => count < 60 && isAway(error), retryDelay, networkMode: "always" },
    },
  });

type Question<Id extends OperationId> = Pick<Input<Id>, "path" | "query">;
export const keyOf = <Id extends OperationId>(id: Id, question: Question<Id> = {}): QueryKey => [
  id,
  question.path ?? {},
  question.query ?? {},
];

interface AskOptions {
  readonly enabled?: boolean;
  readonly staleTime?: number;
  readonly refetchInterval?: number | false;
  /** Shows the answer to the question before while the next one is on its way. */
  readonly keep?: boolean;
}

/** One question. */
export const useAsk = <Id extends OperationId>(
  id: Id,
  question: Question<Id> = {},
  { keep, ...options }: AskOptions = {},
): UseQueryResult<AnswerOf<Id>, Error> =>
  useQuery<AnswerOf<Id>, Error>({
    queryKey: keyOf(id, question),
    queryFn: ({ signal }) => send(id, { ...question, signal }),
    ...(keep && { placeholderData: (before: AnswerOf<Id> | undefined) => before as never }),
    ...options,
  });

interface PageAnswer {
  readonly items: readonly unknown[];
  readonly next_cursor: string | null;
}

/** A list, page by page as one scrolls. */
export function usePages<Id extends OperationId>(id: Id, question: Question<Id> = {}, options: AskOptions = {}) {
  const { keep, ...rest } = options;
  const pages = useInfiniteQuery<AnswerOf<Id>, Error, InfiniteData<AnswerOf<Id>, string | undefined>, QueryKey, string | undefined>({
    queryKey: [id, question.path ?? {}, question.query ?? {}, "pages"],
    queryFn: ({ signal, pageParam }) =>
      send(id, { ...question, query: { ...question.query, ...(pageParam !== undefined && { cursor: pageParam }) } as QueryOf<Id>, signal }),
    initialPageParam: undefined,
    getNextPageParam: (page) => (page as PageAnswer).next_cursor ?? undefined,
    ...(keep && { placeholderData: (before: InfiniteData<AnswerOf<Id>, string | undefined> | undefined) => before }),
    ...rest,
  });
  const items = (pages.data?.pages ?? []).flatMap((page) => (page as PageAnswer).items) as ItemOf<Id>[];
  return { ...pages, items };
}

interface SendOptions<Id extends OperationId> {
  /** What is asked again afterwards, besides what news brings. */
  readonly refresh?: readonly OperationId[];
  readonly onDone?: (answer: AnswerOf<Id>, input: Input<Id>) => void;
}

/** One change. A POST carries a key of its own, so that trying it again while the hub is away makes nothing twice. */
export function useSend<Id extends OperationId>(
  id: Id,
  { refresh = [], onDone }: SendOptions<Id> = {},
): UseMutationResult<AnswerOf<Id>, Error, Input<Id>> {
  const client = useQueryClient();
  return useMutation<AnswerOf<Id>, Error, Input<Id>>({
    mutationKey: [id],
    mutationFn: (input) => send(id, addresses[id][0] === "POST" && !unkeyed.has(id) ? keyed(input) : input),
    onSuccess: (answer, input) => {
      for (const operation of refresh) void client.invalidateQueries({ queryKey: [operation] });
      onDone?.(answer, input);
    },
  });
}

/** Before anybody is signed in there is no place to keep a key. */
const unkeyed: ReadonlySet<OperationId> = new Set<OperationId>(["signIn", "setUp", "acceptInvitation"]);

const keys = new WeakMap<object, string>();
/** One key for all tries of one change: the try is told by its input. */
function keyed<Id extends OperationId>(input: Input<Id>): Input<Id> {
  const key = keys.get(input) ?? input.key ?? crypto.randomUUID();
  keys.set(input, key);
  return { ...input, key };
}
