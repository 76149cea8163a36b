/** Holds points while work runs, and takes what it cost. */
import {
  CaptureHoldDocument,
  type HeldPointsFragment,
  HoldPointsDocument,
  type HoldPointsInput,
  ReleaseHoldDocument,
} from './generated.js';
import { type Keyed, type NotApplied, type Sender, settle } from './settle.js';

/** What the API takes, less what the derived keys add. */
const MAX_KEY_LENGTH = 255 - ' capture'.length;

/** What was taken, or why nothing was. */
export type Work = { readonly kind: 'TAKEN'; readonly taken: number } | NotApplied;

/**
 * Holds points, runs `work`, and takes as many points as it returns: fewer than are held, so that the rest is available again,
 * or more, if the user has them. If `work` throws, the points are available again. A refusal before the work means that it did
 * not run; one after it, that its points could not be taken, and the hold stands until it expires.
 *
 * All of it has one idempotency key, from which the keys of the capture and the release are derived: called again with the same
 * key, it continues with the same hold. If the hold has ended, it does not run the work, and returns what was taken.
 *
 * @throws Unavailable where no certain response arrived within `retrySeconds`, ApiError where nothing ran, RangeError for a key
 *   of more than 247 characters, and what `work` throws.
 */
export async function withHold(
  sender: Sender,
  input: Keyed<HoldPointsInput>,
  work: (hold: HeldPointsFragment) => Promise<number>,
): Promise<Work> {
  const { user, idempotencyKey } = input;
  if (idempotencyKey.length > MAX_KEY_LENGTH) {
    throw new RangeError(`The idempotency key of withHold has at most ${MAX_KEY_LENGTH} characters.`);
  }
  const held = await settle<HoldPointsInput>(sender, { user, document: HoldPointsDocument, input });
  if (held.kind === 'REFUSED') return held;
  const { hold } = held.result;
  if (hold === undefined) throw new Error('The response has no hold.');
  if (hold.state === 'CAPTURED' && hold.captured !== null) return { kind: 'TAKEN', taken: hold.captured };
  if (hold.state !== 'HELD') {
    const extensions = { code: 'HOLD_ENDED', effect: 'NONE', state: hold.state } as const;
    return { kind: 'REFUSED', refusal: { message: `The hold is ${hold.state}.`, extensions } };
  }
  const end = { user, hold: hold.id };
  let taken: number;
  try {
    taken = await work(hold);
  } catch (error) {
    await release(sender, end, idempotencyKey).catch(() => {}); // the hold expires
    throw error;
  }
  const ended =
    taken === 0 ? await release(sender, end, idempotencyKey) : await capture(sender, end, taken, idempotencyKey);
  return ended.kind === 'REFUSED' ? ended : { kind: 'TAKEN', taken };
}

type Held = { readonly user: HoldPointsInput['user']; readonly hold: string };

function release(sender: Sender, { user, hold }: Held, key: string) {
  const input = { hold, idempotencyKey: `${key} release` };
  return settle(sender, { user, document: ReleaseHoldDocument, input });
}

function capture(sender: Sender, { user, hold }: Held, points: number, key: string) {
  const input = { hold, points, idempotencyKey: `${key} capture` };
  return settle(sender, { user, document: CaptureHoldDocument, input });
}
