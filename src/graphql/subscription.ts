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
  /** What comes from the source. */
  readonly events: AsyncIterator<unknown>;
  /** The answer to one event. */
  answer(event: unknown): Promise<Result>;
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
  return {
    events: source[Symbol.asyncIterator](),
    answer: async (event) => {
      const { data, errors } = await execute({ ...request, rootValue: event });
      return errors === undefined ? { data } : { data, errors: formatErrors(errors, place) };
    },
  };
}
