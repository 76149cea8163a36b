import { setImmediate as nextTurn } from 'node:timers/promises';
import { createSourceEventStream, execute, type GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import type { Context } from './context.js';
import { formatErrors } from './format-error.js';
import type { ValidOperation } from './known-documents.js';
import type { Refused, Subscription } from './outcome.js';
import { ResponseBudget, resolveCounted } from './response-budget.js';

interface SubscribeOptions {
  readonly schema: GraphQLSchema;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly context: Context;
  readonly log: Logger;
}

/**
 * Opens the source of a subscription that was allowed. Each event is executed, and the policy decides on each of its
 * fields, as if it had just been requested: the context may have another principal by then.
 */
export async function openSubscription(
  { document, operationName }: ValidOperation,
  { schema, variables, context, log }: SubscribeOptions,
): Promise<Subscription | Refused> {
  const request = { schema, document, operationName, variableValues: variables, contextValue: context };
  const format = { requestId: context.request.id, traceIds: context.request.trace.context?.ids, log };
  const source = await createSourceEventStream(request);
  if (!(Symbol.asyncIterator in source)) {
    return { kind: 'REFUSED', errors: formatErrors(source.errors ?? [], format), headers: {} };
  }
  const events = source[Symbol.asyncIterator]();
  return {
    kind: 'OPEN',
    batches: batchesOf(events),
    respond: async (event) => {
      // Each response has a budget of its own. The rest is read through: the caller may be another one by now.
      const response = { value: new ResponseBudget(context.response.maxBytes) };
      const contextValue: Context = Object.create(context, { response });
      const { data, errors } = await execute({
        ...request,
        rootValue: event,
        contextValue,
        fieldResolver: resolveCounted,
      });
      return errors === undefined ? { data } : { data, errors: formatErrors(errors, format) };
    },
    end: () => {
      void events.return?.().catch(() => {}); // nothing waits for the source any more
    },
  };
}

const MAX_BATCH = 50;

/** Waits for the first event of a batch only: a second one that the source has to wait for goes to the next batch. */
async function* batchesOf(events: AsyncIterator<unknown>): AsyncGenerator<readonly unknown[]> {
  for (let next = events.next(); ; ) {
    const batch: unknown[] = [];
    let event: IteratorResult<unknown> | undefined = await next;
    const turn = nextTurn(undefined);
    while (event !== undefined && !event.done && batch.length < MAX_BATCH) {
      batch.push(event.value);
      next = events.next();
      next.catch(() => {}); // rejects again where it is awaited
      event = await Promise.race([next, turn]);
    }
    if (batch.length === 0) return;
    yield batch;
  }
}
