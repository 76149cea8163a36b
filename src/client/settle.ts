/** Sends a change of points until its outcome is certain. */
import {
  type ChangedPointsFragment,
  type HeldPointsFragment,
  ResolvePointsDocument,
  type UserBy,
} from './generated.js';
import { postUntilFinal } from './post.js';
import { errorIn, type Response } from './response.js';
import { isRefusal, isRetryable, type ResponseError, thrownFor, Unavailable } from './response-error.js';
import type { TypedDocument } from './typed-document.js';

/** Sends an operation once. */
export type Send = <Data, Variables>(
  document: TypedDocument<Data, Variables>,
  variables?: Variables,
) => Promise<Response<Data>>;

export interface Sender {
  readonly send: Send;
  /** How long a request is sent again. */
  readonly retrySeconds: number;
}

/** The input of a change. The same key again is the same change: it has no second effect, and gets the first outcome. */
export type Keyed<Input> = Omit<Input, 'idempotencyKey'> & { readonly idempotencyKey: string };

/** What a change returns: of a hold and its release `hold`, of all others the rest. */
interface Changed extends Partial<ChangedPointsFragment> {
  readonly hold?: HeldPointsFragment;
  readonly replayed?: boolean;
}

/** A change, under a key, of the points of a user. */
interface Change<Input> {
  readonly user: UserBy;
  readonly document: TypedDocument<{ change: Changed | null }, { input: Input }>;
  readonly input: Keyed<Input>;
}

export type Settled = { readonly kind: 'APPLIED'; readonly result: Changed } | NotApplied;

/** The ledger refused the change: nothing was changed. */
export interface NotApplied {
  readonly kind: 'REFUSED';
  /**
   * Why. The same key gets the same refusal again, unless it has `retryAfterSeconds`, as that of a daily limit of the token has:
   * then send the change again after that time.
   */
  readonly refusal: ResponseError;
}

/**
 * Sends a change again, under its key, until the ledger has decided it. If an attempt may have been applied and no decision
 * arrived within `retrySeconds`, `resolvePoints` tells the outcome, and closes the key of a change that was not made.
 *
 * @throws Unavailable where that gets no decision either: the change may have been made. ApiError where no attempt ran.
 */
export async function settle<Input>(
  { send, retrySeconds }: Sender,
  { user, document, input }: Change<Input>,
): Promise<Settled> {
  let isUncertain = false;
  const response = await postUntilFinal(async () => {
    const attempt = await send(document, { input: input as Input });
    isUncertain ||= mayBeApplied(attempt);
    return attempt;
  }, retrySeconds);
  if (response.data?.change) return { kind: 'APPLIED', result: response.data.change };
  const error = errorIn(response);
  // The refusal of a daily limit is not stored: an attempt that is still under way could be applied once the day has ended.
  const isFinal = !isRetryable(error) && !isBeforeKey(error);
  if (isRefusal(error) && (isFinal || !isUncertain)) return { kind: 'REFUSED', refusal: error };
  if (isUncertain) return await resolve({ send, retrySeconds }, user, input.idempotencyKey);
  throw thrownFor(error);
}

/** Without data nothing ran, if a response says so. With data the ledger was asked, and only `NONE` says that it did nothing. */
function mayBeApplied(response: Response<{ readonly change: Changed | null }>): boolean {
  if (response.data?.change) return false;
  const effect = errorIn(response).extensions?.effect;
  return response.data === undefined ? effect === 'UNKNOWN' : effect !== 'NONE';
}

/** Refused before the key was looked up: the user who had the name at an earlier attempt may have the change. */
function isBeforeKey({ extensions = {} }: ResponseError): boolean {
  return extensions.code === 'USER_NOT_FOUND';
}

async function resolve({ send, retrySeconds }: Sender, user: UserBy, idempotencyKey: string): Promise<Settled> {
  const input = { user, idempotencyKey };
  const response = await postUntilFinal(() => send(ResolvePointsDocument, { input }), retrySeconds);
  const { payload, transfer, hold, error } = response.data?.resolvePoints?.result ?? {};
  const result = payload ?? transfer ?? hold;
  if (result) return { kind: 'APPLIED', result: { ...result, replayed: true } };
  if (error) {
    const { message, ...details } = error;
    return { kind: 'REFUSED', refusal: { message, extensions: { ...details, effect: 'NONE' } } };
  }
  const fault = errorIn(response);
  // There is no such user. One with this id never was: the outcomes of a deleted user stay.
  if (isRefusal(fault) && !isRetryable(fault) && user.id !== undefined) return { kind: 'REFUSED', refusal: fault };
  throw new Unavailable(fault);
}
