/** Sends a change of points until its outcome is certain. */
import {
  type ChangedPointsFragment,
  type HeldPointsFragment,
  ResolvePointsDocument,
  type UserBy,
} from './generated.js';
import { postUntilFinal, type Response, refusalIn } from './post.js';
import { type Refusal, Unavailable } from './refusal.js';
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

/** Nothing was changed, and why. */
export interface NotApplied {
  readonly kind: 'REFUSED';
  readonly refusal: Refusal;
}

/**
 * Sends a change again, under its key, until its outcome is certain. If none becomes certain in time, `resolvePoints` tells
 * the outcome, and closes the key of a change that was not made.
 *
 * @throws Unavailable where that gets no response either: the change may have been made.
 */
export async function settle<Input>(
  { send, retrySeconds }: Sender,
  { user, document, input }: Change<Input>,
): Promise<Settled> {
  const response = await postUntilFinal(() => send(document, { input: input as Input }), retrySeconds);
  if (response.data?.change) return { kind: 'APPLIED', result: response.data.change };
  const refusal = refusalIn(response);
  if (refusal.extensions?.effect !== 'UNKNOWN') return { kind: 'REFUSED', refusal };
  return await resolve({ send, retrySeconds }, user, input.idempotencyKey);
}

async function resolve({ send, retrySeconds }: Sender, user: UserBy, idempotencyKey: string): Promise<Settled> {
  const input = { user, idempotencyKey };
  const response = await postUntilFinal(() => send(ResolvePointsDocument, { input }), retrySeconds);
  const { payload, transfer, hold, error } = response.data?.resolvePoints?.result ?? {};
  const result = payload ?? transfer ?? hold;
  if (result) return { kind: 'APPLIED', result: { ...result, replayed: true } };
  if (!error || error.effect === 'UNKNOWN') throw new Unavailable(refusalIn(response));
  const { message, ...details } = error;
  return { kind: 'REFUSED', refusal: { message, extensions: { ...details, effect: 'NONE' } } };
}
