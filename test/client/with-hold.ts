import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { print } from 'graphql';
import { type Api, isRetryable, type Refusal, retryDelay, send } from './fetch.js';
import {
  CaptureDocument,
  type HeldPointsFragment,
  HoldDocument,
  type HoldPointsInput,
  ReleaseDocument,
  ResolveDocument,
  type ResolveMutation,
  type UserBy,
} from './generated.js';

type WithKey<Input> = Input & { readonly idempotencyKey: string };

/** What was taken, or why nothing was. */
export type Work = { readonly taken: number } | { readonly refusal: Refusal };

/**
 * Holds points, runs `work`, and takes as many points as it returns: fewer than are held, so that the rest is available again,
 * or more, if the user has them. If `work` throws, the points are available again. A refusal before the work means that it did
 * not run; one after it, that its points could not be taken, and the hold stands until it expires.
 *
 * All of it has one idempotency key: called again with the same key, it continues with the same hold, and does not run the work
 * if the hold has ended.
 */
export async function withHold(
  api: Api,
  input: WithKey<HoldPointsInput>,
  work: (hold: HeldPointsFragment) => Promise<number>,
): Promise<Work> {
  const { user, idempotencyKey } = input;
  const held = await settle(api, { user, document: HoldDocument, input });
  if ('refusal' in held) return held;
  const { hold } = held.result;
  if (hold === undefined) throw new Error('The response has no hold.');
  if (hold.state !== 'HELD')
    return { refusal: { message: `The hold is ${hold.state}.`, extensions: { code: 'HOLD_ENDED' } } };
  const release = () =>
    settle(api, {
      user,
      document: ReleaseDocument,
      input: { hold: hold.id, idempotencyKey: `${idempotencyKey} release` },
    });

  let taken: number;
  try {
    taken = await work(hold);
  } catch (error) {
    await release().catch(() => {}); // the hold expires
    throw error;
  }
  const captured =
    taken === 0
      ? await release()
      : await settle(api, {
          user,
          document: CaptureDocument,
          input: { hold: hold.id, points: taken, idempotencyKey: `${idempotencyKey} capture` },
        });
  return 'refusal' in captured ? captured : { taken };
}

/** What a change returns: of a capture `points`, otherwise `hold`. */
interface Settled {
  readonly points?: number | undefined;
  readonly hold?: HeldPointsFragment | undefined;
}

/** A change, under a key, of the points of a user. */
interface Change<Input> {
  readonly user: UserBy;
  readonly document: TypedDocumentNode<{ change?: Settled | null | undefined }, { input: Input }>;
  readonly input: WithKey<Input>;
}

/** Sends a change up to three times under its key. If no response arrives, `resolvePoints` tells the result, or prevents one. */
async function settle<Input>(
  api: Api,
  { user, document, input }: Change<Input>,
): Promise<{ readonly result: Settled } | { readonly refusal: Refusal }> {
  for (let attempt = 1; attempt <= 3; attempt++) {
    const { data, errors = [] } = await send<{ change?: Settled | null | undefined }>(api, {
      query: print(document),
      variables: { input },
    });
    if (data?.change) return { result: data.change };
    const [refusal = { message: 'The response is empty.' }] = errors;
    if (!isRetryable(refusal)) return { refusal };
    await new Promise((resolve) => setTimeout(resolve, retryDelay(refusal, attempt)));
  }
  return await resolve(api, user, input.idempotencyKey);
}

async function resolve(api: Api, user: UserBy, idempotencyKey: string) {
  for (let attempt = 1; ; attempt++) {
    const { data, errors = [] } = await send<ResolveMutation>(api, {
      query: print(ResolveDocument),
      variables: { input: { user, idempotencyKey } },
    });
    const { payload, hold, error } = data?.resolvePoints?.result ?? {};
    if (payload) return { result: {} };
    if (hold) return { result: hold };
    if (error) return { refusal: { message: error.message, extensions: { code: error.code, effect: error.effect } } };
    const [refusal = { message: 'The response is empty.' }] = errors;
    if (!isRetryable(refusal) || attempt === 6) throw new Error(refusal.message); // try again later, with the same key
    await new Promise((next) => setTimeout(next, retryDelay(refusal, attempt)));
  }
}
