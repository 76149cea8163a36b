import type { GraphQLFormattedError } from 'graphql';
import type { ErrorCode } from '../errors.js';
import type { DailyLimit } from '../points/daily-limit.js';
import { boundedMessage } from './bounded-message.js';

/** What became known of an operation, for every transport. */
export type Outcome = Executed | Admitted | Refused;

/** Resolvers ran. Their errors stand beside the data. */
export interface Executed {
  readonly kind: 'RESPONSE';
  readonly body: ResponseBody & { readonly data: Data };
}

/** A subscription that is allowed. Nothing has been read for it until it is opened. */
export interface Admitted {
  readonly kind: 'SUBSCRIPTION';
  open(): Promise<Subscription | Refused>;
}

/** A subscription whose source is open. */
export interface Subscription {
  readonly kind: 'OPEN';
  /** The events of the source, in batches of up to 50 that are available at the same time. */
  readonly batches: AsyncIterable<readonly unknown[]>;
  /** Makes the response to one event. */
  respond(event: unknown): Promise<ResponseBody>;
  /** Closes the source. */
  end(): void;
}

/** No resolver ran. */
export interface Refused {
  readonly kind: 'REFUSED';
  readonly errors: readonly GraphQLFormattedError[];
  /** For the response over HTTP, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/** A GraphQL response. */
export interface ResponseBody {
  readonly errors?: readonly GraphQLFormattedError[] | undefined;
  readonly data?: Data | undefined;
  /** `limits`: the daily limits of the app token after its last change of points. */
  readonly extensions?: { readonly limits: readonly DailyLimit[] };
}

type Data = Readonly<Record<string, unknown>> | null;

/** An error of the response. What is not its message or its locations goes to its `extensions`. */
export interface Fault extends Pick<GraphQLFormattedError, 'message' | 'locations'> {
  readonly code: ErrorCode;
  readonly reason?: string;
  readonly effect?: 'NONE' | 'UNKNOWN';
  readonly retryAfterSeconds?: number;
}

/** Refuses an operation. A value and no exception: a refusal costs no stack trace. */
export function refuse(faults: Fault | readonly Fault[], headers: Refused['headers'] = {}): Refused {
  const errors = [faults].flat().map(({ message, locations, ...extensions }: Fault) => ({
    message: boundedMessage(message),
    ...(locations && { locations }),
    extensions,
  }));
  return { kind: 'REFUSED', errors, headers };
}

/** The response that an outcome is; empty for a subscription, whose responses come from its source. */
export function bodyOf(outcome: Outcome): ResponseBody {
  switch (outcome.kind) {
    case 'RESPONSE':
      return outcome.body;
    case 'REFUSED':
      return { errors: outcome.errors };
    case 'SUBSCRIPTION':
      return {};
  }
}

/** The code of the first error; undefined: there is none. */
export function codeOf({ errors }: ResponseBody): ErrorCode | undefined {
  // The codes of all errors are from the closed list.
  return errors?.[0]?.extensions?.['code'] as ErrorCode | undefined;
}
