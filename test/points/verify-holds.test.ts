import { afterAll, describe, expect } from 'vitest';
import type { Connection } from '../../src/database/connect.js';
import { describeFault, ledgerOf } from '../../src/points/verify-ledger.js';
import {
  AddPointsDocument,
  CaptureHoldDocument,
  HoldPointsDocument,
  ReleaseHoldDocument,
  ReversePointsDocument,
  TransferPointsDocument,
} from '../operations/generated.js';
import { openPool } from '../support/database.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken } from '../support/server.js';
import { checkLedger, damage } from './checked-ledger.js';

let own: Connection;
let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  own = openPool(server.database.url);
  token = await server.everything();
});
afterAll(async () => {
  await own.close();
});

/**
 * The one has 100 points and gives the other 20 by capturing a hold of 30 and 10 by a transfer that is reversed, has an open
 * hold of 10 and a released one of 5. The damage that a test does is undone by the next.
 */
let one: string;
let other: string;
it.beforeEach(async ({ server }) => {
  await damage(
    server,
    'truncate entries, refusals, holds',
    `update balances set points = 0, sequence = 0, last_entry_at = null, held = 0, holds_until = null, last_hold = 0`,
  );
  [one, other] = [(await server.user()).id, (await server.user()).id];
  const user = { id: one };
  const to = { id: other };
  const hold = async (points: number, idempotencyKey: string) =>
    await server.send(token, HoldPointsDocument, { input: { user, points, expiresInSeconds: 3_600, idempotencyKey } });
  await server.send(token, AddPointsDocument, { input: { user, points: 100, idempotencyKey: 'a' } });
  await hold(30, 'h1');
  await server.send(token, CaptureHoldDocument, { input: { hold: `${one}.h1`, points: 20, to, idempotencyKey: 'c' } });
  await hold(10, 'h2');
  await hold(5, 'h3');
  await server.send(token, ReleaseHoldDocument, { input: { hold: `${one}.h3`, idempotencyKey: 'r' } });
  await server.send(token, TransferPointsDocument, { input: { from: user, to, points: 10 } });
  await server.send(token, ReversePointsDocument, { input: { entryId: `${one}.3` } });
});

describe('The check of holds and transfers', () => {
  it('finds no fault in what the server wrote', async () => {
    expect(await checkLedger(own.database)).toMatchObject({ entries: 7, faults: [] });
  });

  it('finds no fault in a hold that has expired and is not marked', async ({ server }) => {
    await damage(
      server,
      `update holds set created_at = now() - interval '2 hours', expires_at = now() - interval '1 hour' where state = 'HELD'`,
      `update balances set holds_until = (select min(expires_at) from holds where state = 'HELD') where held > 0`,
    );
    expect((await checkLedger(own.database)).faults).toEqual([]);
  });

  it.for([
    ['held points that no hold explains', 'update balances set held = 11 where user_id = $1', 'HELD_DIFFERS'],
    ['held points of a user without holds', 'update balances set held = 1 where user_id = $2', 'HELD_DIFFERS'],
    [
      'a hold that ended and is still held',
      `update holds set state = 'RELEASED', ended_at = now() where number = 2`,
      'HELD_DIFFERS',
    ],
    [
      'another time of the first expiry',
      `update balances set holds_until = holds_until + interval '1 microsecond' where user_id = $1`,
      'EXPIRY_DIFFERS',
    ],
    [
      'a time of the first expiry without a hold',
      'update balances set holds_until = now() where user_id = $2',
      'EXPIRY_DIFFERS',
    ],
    ['a last hold that is missing', 'delete from holds where number = 3', 'LAST_HOLD_DIFFERS'],
    ['a hold of a user who has made none', 'update balances set last_hold = 0 where user_id = $1', 'LAST_HOLD_DIFFERS'],
  ] as const)('finds %s', async ([_, statement, rule], { server }) => {
    await damage(server, statement.replace('$1', `'${one}'`).replace('$2', `'${other}'`));
    const userId = statement.includes('$2') ? other : one;
    expect((await checkLedger(own.database)).faults[0]).toEqual({ userId, sequence: null, rule });
    expect((await checkLedger(own.database, ledgerOf(userId))).faults[0]).toEqual({ userId, sequence: null, rule });
  });

  it.for([
    ['a missing hold', 'delete from holds where number = 2', 3, 'HOLD_NUMBER_BROKEN'],
    [
      'a captured hold whose entry does not name it',
      'update entries set hold = null where hold = 1',
      1,
      'CAPTURE_WRONG',
    ],
    [
      'a captured hold without an entry',
      `update holds set state = 'CAPTURED', captured = 5, entry_sequence = 9, ended_at = created_at where number = 3`,
      3,
      'CAPTURE_WRONG',
    ],
    [
      'a hold that was released after its time',
      `update holds set ended_at = expires_at + interval '1 microsecond' where number = 3`,
      3,
      'ENDED_LATE',
    ],
    [
      'a hold that expired at another time than its own',
      `update holds set state = 'EXPIRED', release_key = null, ended_at = created_at where number = 3`,
      3,
      'ENDED_LATE',
    ],
    ['a hold with the key of an entry', `update holds set idempotency_key = 'a' where number = 2`, 2, 'KEY_TWICE'],
    [
      'a release with the key of a hold',
      `update holds h set release_key = o.idempotency_key, release_owner_id = o.owner_id from holds o where h.number = 3 and o.number = 2 and o.user_id = h.user_id`,
      3,
      'KEY_TWICE',
    ],
    ['a release with the key of an entry', `update holds set release_key = 'c' where number = 3`, 3, 'KEY_TWICE'],
    [
      'a hold with the key of a refusal',
      `insert into refusals (user_id, owner_id, idempotency_key, kind, code) select user_id, owner_id, 'h2', 'SPEND', 'BALANCE_LIMIT' from holds where number = 2`,
      2,
      'KEY_REFUSED',
    ],
  ] as const)('finds %s', async ([_, statement, hold, rule], { server }) => {
    await damage(server, statement);
    const { faults } = await checkLedger(own.database);
    expect(faults.filter((fault) => fault.hold !== undefined)).toEqual([{ userId: one, sequence: null, hold, rule }]);
  });

  it.for([
    [
      'a capture of other points than the hold says',
      'update holds set captured = 21 where number = 1',
      '1',
      2,
      'CAPTURE_WRONG',
    ],
    [
      'an entry that names a hold that was released',
      'update entries set hold = 3 where hold = 1',
      '1',
      2,
      'CAPTURE_WRONG',
    ],
    [
      'points given with the sign of points received',
      `update entries set kind = 'TRANSFER_IN' where user_id = $1 and sequence = 2`,
      '1',
      2,
      'DELTA_WRONG',
    ],
    [
      'points received with the sign of points given',
      `update entries set kind = 'TRANSFER_OUT' where user_id = $2 and sequence = 1`,
      '2',
      1,
      'DELTA_WRONG',
    ],
    ['a transfer of one entry', 'delete from entries where user_id = $2', '1', 2, 'COUNTERPART_WRONG'],
    [
      'a transfer that became a spend on one side',
      `update entries set kind = 'SPEND', counterpart_user_id = null, counterpart_sequence = null, hold = null where user_id = $1 and sequence = 3`,
      '2',
      2,
      'COUNTERPART_WRONG',
    ],
    [
      'a counterpart that names another entry',
      'update entries set counterpart_sequence = 3 where user_id = $2 and sequence = 1',
      '1',
      2,
      'COUNTERPART_WRONG',
    ],
    [
      'a transfer without a counterpart',
      'update entries set counterpart_user_id = null, counterpart_sequence = null where user_id = $1 and sequence = 3',
      '1',
      3,
      'COUNTERPART_WRONG',
    ],
    [
      'the reversal of a transfer without a counterpart',
      'update entries set counterpart_user_id = null, counterpart_sequence = null where user_id = $1 and sequence = 4',
      '1',
      4,
      'COUNTERPART_WRONG',
    ],
    [
      'a reversal whose counterpart reverses another entry',
      'update entries set reverses = 1 where user_id = $2 and sequence = 3',
      '1',
      4,
      'COUNTERPART_WRONG',
    ],
  ] as const)('finds %s', async ([_, statement, user, sequence, rule], { server }) => {
    await damage(server, statement.replace('$1', `'${one}'`).replace('$2', `'${other}'`));
    const { faults } = await checkLedger(own.database);
    expect(faults).toContainEqual({ userId: user === '1' ? one : other, sequence, rule });
  });

  it('checks more holds than a section has', async ({ server }) => {
    await damage(
      server,
      `insert into holds (user_id, number, points, state, created_at, expires_at, ended_at, owner_id)
       select '${one}', n, 1, 'RELEASED', now(), now() + interval '1 hour', now(), '${one}' from generate_series(4, 5000) n`,
      `update balances set last_hold = 5000 where user_id = '${one}'`,
    );
    expect((await checkLedger(own.database)).faults).toEqual([]);
    await damage(server, 'delete from holds where number = 4001');
    expect((await checkLedger(own.database)).faults).toEqual([
      { userId: one, sequence: null, hold: 4_002, rule: 'HOLD_NUMBER_BROKEN' },
    ]);
  });

  it('describes what is wrong with a hold', () => {
    expect(describeFault({ userId: 'u', sequence: null, hold: 2, rule: 'CAPTURE_WRONG' })).toBe(
      'Hold 2 of u: the captured hold and the entry do not name each other with the same points.',
    );
  });
});
