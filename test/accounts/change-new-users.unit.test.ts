import { describe, expect, it } from 'vitest';
import { applyRequested } from '../../src/accounts/change-new-users.js';
import { COMMAND_LINE } from '../../src/auth/actor.js';
import { WithExtensions } from '../../src/errors.js';
import type { Applied, PointsChange } from '../../src/points/change.js';
import { PointsRefused } from '../../src/points/errors.js';

const change = (idempotencyKey: string | null): PointsChange => ({
  user: { external: { issuer: 'shop', id: '1' } },
  action: { kind: 'ADD', points: 5 },
  reason: null,
  idempotencyKey,
  ownerId: 'an owner',
  credential: { kind: 'NONE' },
});

/** A first change whose attempt was lost, and which finds no user when it is made again. */
async function applyAfterLoss(idempotencyKey: string | null) {
  const missing = new PointsRefused('USER_NOT_FOUND', { replayed: false });
  const results: Promise<Applied>[] = [
    Promise.reject(new WithExtensions(missing, { effect: 'UNKNOWN' })),
    Promise.resolve({ replayed: false } as Applied), // all that is read of it
  ];
  const ifMissing = { external: { issuer: 'shop', id: '1' }, username: undefined };
  return await applyRequested(
    { change: change(idempotencyKey), ifMissing },
    async () => await (results.shift() ?? Promise.reject(new Error('There was one attempt too many.'))),
    { ensureUser: async () => ({ userId: 'a user', isNew: true }), actor: COMMAND_LINE },
  );
}

describe('The first change for a new user, after an attempt whose connection was lost', () => {
  it('creates the user and is made, under its key', async () => {
    expect(await applyAfterLoss('k')).toMatchObject({ userCreated: true });
  });

  it('is not made again without a key, and its effect stays unknown', async () => {
    await expect(applyAfterLoss(null)).rejects.toMatchObject({ extensions: { effect: 'UNKNOWN' } });
  });
});
