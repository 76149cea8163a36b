import { credentialOf } from '../auth/actor.js';
import type { Authenticated } from '../auth/principal.js';
import { BadUserInput } from '../errors.js';
import { NO_ID, parseText } from '../input.js';
import { type ExternalRef, parseExternalRef } from '../users/external-ref.js';
import { parseNewUsername, parseUserRef } from '../users/user.js';
import type { PointsChange } from './change.js';
import { parseEntryId } from './entry.js';
import { parseHoldId } from './holds/hold.js';
import { IDEMPOTENCY_KEY, MAX_HOLD_SECONDS, REASON } from './limits.js';
import { type GivenNotes, parseClientNotes } from './metadata.js';

/** The caller, and the path of the input for messages. */
interface Source {
  readonly by: Authenticated;
  readonly field: string;
}

interface Notes extends GivenNotes {
  readonly reason?: string | null;
  readonly idempotencyKey?: string | null;
}

/** A user to create: see {@link RequestedChange}. Without a `username` one is made. */
export interface MissingUser {
  readonly external: ExternalRef;
  readonly username: string | undefined;
}

interface Addition extends Amount {
  readonly ifMissing?: { readonly username?: string | null } | null;
}

interface Amount extends Notes {
  readonly user: Parameters<typeof parseUserRef>[1];
  readonly points: number;
}

/** The input `HoldPointsInput`. */
interface NewHold extends Amount {
  readonly expiresInSeconds: number;
}

/** The input `CaptureHoldInput`. */
interface Capture extends Notes {
  readonly hold: string;
  readonly points?: number | null;
  readonly to?: Amount['user'] | null;
}

/** The input `ReleaseHoldInput`. */
interface Release extends Pick<Notes, 'idempotencyKey'> {
  readonly hold: string;
}

/** The input `TransferPointsInput`. */
interface Transfer extends Notes {
  readonly from: Amount['user'];
  readonly to: Amount['user'];
  readonly points: number;
}

/** @throws BadUserInput */
export function parseAmount(kind: 'ADD' | 'SPEND', input: Amount, source: Source): PointsChange {
  const points = parsePoints(input.points, source);
  return changeOf(parseUserRef(`${source.field}.user`, input.user), { kind, points }, { input, source });
}

/** @throws BadUserInput */
export function parseHold(input: NewHold, source: Source): PointsChange {
  const { user, points, expiresInSeconds } = input;
  if (expiresInSeconds < 1 || expiresInSeconds > MAX_HOLD_SECONDS) {
    throw new BadUserInput(
      `${source.field}.expiresInSeconds`,
      `expiresInSeconds must be from 1 to ${MAX_HOLD_SECONDS}, which is 30 days.`,
    );
  }
  const action = { kind: 'HOLD', points: parsePoints(points, source), expiresInSeconds } as const;
  return changeOf(parseUserRef(`${source.field}.user`, user), action, { input, source });
}

/** @throws BadUserInput */
export function parseCapture(input: Capture, source: Source): PointsChange {
  const { userId, number } = parseHoldId(input.hold) ?? NO_HOLD;
  const points = input.points == null ? null : parsePoints(input.points, source);
  const to = input.to == null ? null : parseUserRef(`${source.field}.to`, input.to);
  const change = changeOf({ id: userId }, { kind: 'CAPTURE', hold: number, points, to }, { input, source });
  // None at all, instead of those of the hold.
  return input.metadata?.length === 0 ? { ...change, metadata: [] } : change;
}

/** @throws BadUserInput */
export function parseRelease(input: Release, source: Source): PointsChange {
  const { userId, number } = parseHoldId(input.hold) ?? NO_HOLD;
  return changeOf({ id: userId }, { kind: 'RELEASE', hold: number }, { input, source });
}

/** @throws BadUserInput */
export function parseTransfer(input: Transfer, source: Source): PointsChange {
  const points = parsePoints(input.points, source);
  const to = parseUserRef(`${source.field}.to`, input.to);
  return changeOf(
    parseUserRef(`${source.field}.from`, input.from),
    { kind: 'TRANSFER', points, to },
    { input, source },
  );
}

/** For an id that has not the form of one. */
const NO_HOLD = { userId: NO_ID, number: 0 };

function parsePoints(points: number, { field }: Source): number {
  if (points < 1) throw new BadUserInput(`${field}.points`, 'points must be at least 1.');
  return points;
}

/** @throws BadUserInput */
export function parseReversal(input: Notes & { readonly entryId: string }, source: Source): PointsChange {
  const { userId, sequence } = parseEntryId(input.entryId) ?? { userId: NO_ID, sequence: 0 };
  return changeOf({ id: userId }, { kind: 'REVERSAL', reverses: sequence }, { input, source });
}

/** @throws BadUserInput */
export function parseKey(input: Pick<Amount, 'user' | 'idempotencyKey'>, source: Source): PointsChange {
  return changeOf(parseUserRef(`${source.field}.user`, input.user), { kind: 'RESOLVE' }, { input, source });
}

const MAX_OPERATIONS = 1_000;

/** A change of points, and the user to create for it where the one that it names by an external id does not exist. */
export interface RequestedChange {
  readonly change: PointsChange;
  readonly ifMissing: MissingUser | undefined;
}

/** @throws BadUserInput */
export function parseAdd(input: Addition, source: Source): RequestedChange {
  return { change: parseAmount('ADD', input, source), ifMissing: parseIfMissing(input, source) };
}

/** The input `PointsOperation`. */
interface Operation {
  readonly add?: Addition | null;
  readonly spend?: Amount | null;
  readonly hold?: NewHold | null;
  readonly capture?: Capture | null;
  readonly release?: Release | null;
  readonly transfer?: Transfer | null;
}

/** @throws BadUserInput for the first one that is invalid; then none is applied */
export function parseMany(inputs: readonly Operation[], { by, field }: Source): RequestedChange[] {
  if (inputs.length < 1 || inputs.length > MAX_OPERATIONS) {
    throw new BadUserInput(field, `Give 1 to ${MAX_OPERATIONS} operations, not ${inputs.length}.`);
  }
  return inputs.map((operation, index) => parseOperation(operation, { by, field: `${field}.${index}` }));
}

function parseOperation({ add, ...others }: Operation, { by, field }: Source): RequestedChange {
  if (add != null) return parseAdd(add, { by, field: `${field}.add` });
  const source = (kind: keyof Operation) => ({ by, field: `${field}.${kind}` });
  const { spend, hold, capture, release, transfer } = others;
  let change: PointsChange | undefined;
  if (spend != null) change = parseAmount('SPEND', spend, source('spend'));
  else if (hold != null) change = parseHold(hold, source('hold'));
  else if (capture != null) change = parseCapture(capture, source('capture'));
  else if (release != null) change = parseRelease(release, source('release'));
  else if (transfer != null) change = parseTransfer(transfer, source('transfer'));
  if (change === undefined) throw new BadUserInput(field, 'Give one change, such as `add`.');
  return { change, ifMissing: undefined };
}

function parseIfMissing({ user, ifMissing }: Addition, { field }: Source): MissingUser | undefined {
  if (ifMissing == null) return undefined;
  if (user.external == null) {
    throw new BadUserInput(
      `${field}.ifMissing`,
      'ifMissing requires `user.external`, the id that the user is linked to.',
    );
  }
  const { username } = ifMissing;
  return {
    external: parseExternalRef(`${field}.user.external`, user.external),
    username: username == null ? undefined : parseNewUsername(`${field}.ifMissing.username`, username),
  };
}

function changeOf(
  user: PointsChange['user'],
  action: PointsChange['action'],
  { input, source: { by, field } }: { readonly input: Notes; readonly source: Source },
): PointsChange {
  const { reason, idempotencyKey } = input;
  return {
    user,
    action,
    ...parseClientNotes(field, input),
    reason: reason == null ? null : parseText(`${field}.reason`, reason, REASON),
    idempotencyKey:
      idempotencyKey == null ? null : parseText(`${field}.idempotencyKey`, idempotencyKey, IDEMPOTENCY_KEY),
    ownerId: by.userId,
    credential: credentialOf(by),
  };
}
