import { credentialOf } from '../auth/actor.js';
import type { Authenticated } from '../auth/principal.js';
import { BadUserInput } from '../errors.js';
import { NO_ID, parseText } from '../input.js';
import { type ExternalRef, parseExternalRef } from '../users/external-ref.js';
import { parseNewUsername, parseUserRef } from '../users/user.js';
import type { PointsChange } from './change.js';
import { parseEntryId } from './entry.js';
import { IDEMPOTENCY_KEY, REASON } from './limits.js';
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

/** @throws BadUserInput */
export function parseAmount(kind: 'ADD' | 'SPEND', input: Amount, source: Source): PointsChange {
  const { user, points } = input;
  if (points < 1) throw new BadUserInput(`${source.field}.points`, 'points must be at least 1.');
  return changeOf(parseUserRef(`${source.field}.user`, user), { kind, points }, { input, source });
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

/** @throws BadUserInput for the first one that is invalid; then none is applied */
export function parseMany(
  inputs: readonly { readonly add?: Addition | null; readonly spend?: Amount | null }[],
  { by, field }: Source,
): RequestedChange[] {
  if (inputs.length < 1 || inputs.length > MAX_OPERATIONS) {
    throw new BadUserInput(field, `Give 1 to ${MAX_OPERATIONS} operations, not ${inputs.length}.`);
  }
  return inputs.map(({ add, spend }, index) => {
    if (add != null) return parseAdd(add, { by, field: `${field}.${index}.add` });
    if (spend == null) throw new BadUserInput(`${field}.${index}`, 'Give either `add` or `spend`.');
    return { change: parseAmount('SPEND', spend, { by, field: `${field}.${index}.spend` }), ifMissing: undefined };
  });
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
