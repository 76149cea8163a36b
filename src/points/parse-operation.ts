import { credentialOf } from '../auth/actor.js';
import type { Authenticated } from '../auth/principal.js';
import { BadUserInput } from '../errors.js';
import { NOBODY, parseText } from '../input.js';
import { parseUserRef } from '../users/user.js';
import { parseEntryId } from './entry.js';
import type { PointsOperation } from './operation.js';

/** Who asks, and where: the path of the input, for messages. */
interface Asked {
  readonly by: Authenticated;
  readonly field: string;
}

interface Remarks {
  readonly reason?: string | null;
  readonly idempotencyKey?: string | null;
}

interface Amount extends Remarks {
  readonly user: Parameters<typeof parseUserRef>[0];
  readonly points: number;
}

/** @throws BadUserInput */
export function parseAmount(kind: 'ADD' | 'SPEND', input: Amount, asked: Asked): PointsOperation {
  const { user, points } = input;
  if (points < 1) throw new BadUserInput(`${asked.field}.points`, 'Points are added and spent from 1 upwards.');
  return operationOf(parseUserRef(user), { kind, points }, { input, asked });
}

/** @throws BadUserInput */
export function parseReversal(input: Remarks & { readonly entryId: string }, asked: Asked): PointsOperation {
  const { userId, sequence } = parseEntryId(input.entryId) ?? { userId: NOBODY, sequence: 0 };
  return operationOf({ id: userId }, { kind: 'REVERSAL', reverses: sequence }, { input, asked });
}

/** @throws BadUserInput */
export function parseKey(input: Pick<Amount, 'user' | 'idempotencyKey'>, asked: Asked): PointsOperation {
  return operationOf(parseUserRef(input.user), { kind: 'RESOLVE' }, { input, asked });
}

const MOST_OPERATIONS = 1_000;

/** @throws BadUserInput if anything is wrong with any of them */
export function parseMany(
  inputs: readonly { readonly add?: Amount | null; readonly spend?: Amount | null }[],
  { by, field }: Asked,
): PointsOperation[] {
  if (inputs.length < 1 || inputs.length > MOST_OPERATIONS) {
    throw new BadUserInput(field, `Ask for 1 to ${MOST_OPERATIONS} operations at a time, not ${inputs.length}.`);
  }
  return inputs.map(({ add, spend }, index) => {
    if (add != null) return parseAmount('ADD', add, { by, field: `${field}.${index}.add` });
    if (spend != null) return parseAmount('SPEND', spend, { by, field: `${field}.${index}.spend` });
    throw new BadUserInput(`${field}.${index}`, 'Give either `add` or `spend`.');
  });
}

function operationOf(
  user: PointsOperation['user'],
  change: PointsOperation['change'],
  { input: { reason, idempotencyKey }, asked: { by, field } }: { readonly input: Remarks; readonly asked: Asked },
): PointsOperation {
  return {
    user,
    change,
    reason: reason == null ? null : parseText(`${field}.reason`, reason, { least: 0, most: 500 }),
    idempotencyKey:
      idempotencyKey == null ? null : parseText(`${field}.idempotencyKey`, idempotencyKey, { least: 1, most: 255 }),
    ownerId: by.userId,
    credential: credentialOf(by),
  };
}
