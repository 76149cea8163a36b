import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  createSourceEventStream,
  type DocumentNode,
  execute,
  type GraphQLFormattedError,
  type GraphQLSchema,
} from 'graphql';
import type { Logger } from 'pino';
import type { Context } from './context.js';
import { formatErrors } from './format-error.js';

/** A subscription that was judged as a whole, and may run. */
export interface Admitted {
  readonly document: DocumentNode;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A subscription whose source is open. */
export interface Subscription {
  /** What comes from the source: together what is there at the same time, up to 50 events. */
  readonly batches: AsyncIterable<readonly unknown[]>;
  /** The answer to one event. */
  answer(event: unknown): Promise<Result>;
  /** Closes the source. */
  end(): void;
}

export interface Result {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
}

/**
 * Opens the source of a subscription. Each event is executed, and its every field judged, as if it had just been asked
 * for: the context may have another principal by then.
 */
export async function openSubscription(
  { document, operationName, variables }: Admitted,
  { schema, context, log }: { readonly schema: GraphQLSchema; readonly context: Context; readonly log: Logger },
): Promise<Subscription | Result> {
  const request = { schema, document, operationName, variableValues: variables, contextValue: context };
  const place = { requestId: context.requestId, log };
  const source = await createSourceEventStream(request);
  if (!(Symbol.asyncIterator in source)) return { errors: formatErrors(source.errors ?? [], place) };
  const events = source[Symbol.asyncIterator]();
  return {
    batches: batchesOf(events),
    answer: async (event) => {
      const { data, errors } = await execute({ ...request, rootValue: event });
      return errors === undefined ? { data } : { data, errors: formatErrors(errors, place) };
    },
    end: () => {
      void events.return?.().catch(() => {}); // whatever the source says to that, nobody is left to hear it
    },
  };
}

const MOST_AT_ONCE = 50;

/** Waits for the first event, and for no other: what the source itself has to wait for is left for the next batch. */
async function* batchesOf(events: AsyncIterator<unknown>): AsyncGenerator<readonly unknown[]> {
  for (let next = events.next(); ; ) {
    const batch: unknown[] = [];
    let event: IteratorResult<unknown> | undefined = await next;
    const turn = nextTurn(undefined);
    while (event !== undefined && !event.done && batch.length < MOST_AT_ONCE) {
      batch.push(event.value);
      next = events.next();
      next.catch(() => {}); // its failure is heard of when it is waited for
      event = await Promise.race([next, turn]);
    }
    if (batch.length === 0) return;
    yield batch;
  }
}
