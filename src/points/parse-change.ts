import { credentialOf } from '../auth/actor.js';
import type { Authenticated } from '../auth/principal.js';
import { BadUserInput } from '../errors.js';
import { NO_ID, parseText } from '../input.js';
import { parseUserRef } from '../users/user.js';
import type { PointsChange } from './change.js';
import { parseEntryId } from './entry.js';
import { IDEMPOTENCY_KEY, REASON } from './limits.js';

/** The caller, and the path of the input for messages. */
interface Source {
  readonly by: Authenticated;
  readonly field: string;
}

interface Notes {
  readonly reason?: string | null;
  readonly idempotencyKey?: string | null;
}

interface Amount extends Notes {
  readonly user: Parameters<typeof parseUserRef>[0];
  readonly points: number;
}

/** @throws BadUserInput */
export function parseAmount(kind: 'ADD' | 'SPEND', input: Amount, source: Source): PointsChange {
  const { user, points } = input;
  if (points < 1) throw new BadUserInput(`${source.field}.points`, 'points must be at least 1.');
  return changeOf(parseUserRef(user), { kind, points }, { input, source });
}

/** @throws BadUserInput */
export function parseReversal(input: Notes & { readonly entryId: string }, source: Source): PointsChange {
  const { userId, sequence } = parseEntryId(input.entryId) ?? { userId: NO_ID, sequence: 0 };
  return changeOf({ id: userId }, { kind: 'REVERSAL', reverses: sequence }, { input, source });
}

/** @throws BadUserInput */
export function parseKey(input: Pick<Amount, 'user' | 'idempotencyKey'>, source: Source): PointsChange {
  return changeOf(parseUserRef(input.user), { kind: 'RESOLVE' }, { input, source });
}

const MAX_OPERATIONS = 1_000;

/** @throws BadUserInput for the first one that is invalid; then none is applied */
export function parseMany(
  inputs: readonly { readonly add?: Amount | null; readonly spend?: Amount | null }[],
  { by, field }: Source,
): PointsChange[] {
  if (inputs.length < 1 || inputs.length > MAX_OPERATIONS) {
    throw new BadUserInput(field, `Give 1 to ${MAX_OPERATIONS} operations, not ${inputs.length}.`);
  }
  return inputs.map(({ add, spend }, index) => {
    if (add != null) return parseAmount('ADD', add, { by, field: `${field}.${index}.add` });
    if (spend != null) return parseAmount('SPEND', spend, { by, field: `${field}.${index}.spend` });
    throw new BadUserInput(`${field}.${index}`, 'Give either `add` or `spend`.');
  });
}

function changeOf(
  user: PointsChange['user'],
  action: PointsChange['action'],
  { input: { reason, idempotencyKey }, source: { by, field } }: { readonly input: Notes; readonly source: Source },
): PointsChange {
  return {
    user,
    action,
    reason: reason == null ? null : parseText(`${field}.reason`, reason, REASON),
    idempotencyKey:
      idempotencyKey == null ? null : parseText(`${field}.idempotencyKey`, idempotencyKey, IDEMPOTENCY_KEY),
    ownerId: by.userId,
    credential: credentialOf(by),
  };
}
