import { describe, expect } from 'vitest';
import { MAX_POINTS } from '../../src/points/limits.js';
import {
  AddPointsDocument,
  PointsStatementDocument,
  ReversePointsDocument,
  RevokeTokenDocument,
  SpendPointsDocument,
  TransferPointsDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { Credential, IssuedToken, TestServer } from '../support/server.js';
import { importChanges } from './dated-changes.js';
import { refusal } from './ledger.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

type Period = readonly [since: string, until: string];
const send = (server: TestServer, by: Credential, id: string, [since, until]: Period) =>
  server.send(by, PointsStatementDocument, { id, since, until });
const statement = async (server: TestServer, id: string, period: Period) =>
  (await send(server, token, id, period)).data.user.pointsStatement;

const JUNE: Period = ['2024-06-01T00:00:00.000Z', '2024-07-01T00:00:00.000Z'];
const NOW: Period = [new Date(Date.now() - 3_600_000).toISOString(), new Date(Date.now() + 3_600_000).toISOString()];

describe('User.pointsStatement', () => {
  it('leads from the balance at the start to the one at the end, by the times of the changes', async ({ server }) => {
    const { id } = await server.user();
    await importChanges(server, id, [
      ['2024-05-31T23:59:59.999Z', 100],
      ['2024-06-01T00:00:00Z', 30],
      ['2024-06-15T12:00:00Z', -50],
      ['2024-06-15T12:00:00Z', 7],
      ['2024-07-01T00:00:00Z', -80],
    ]);
    expect(await statement(server, id, JUNE)).toEqual({
      since: JUNE[0],
      until: JUNE[1],
      opening: 100,
      added: 37,
      spent: 50,
      reversed: 0,
      closing: 87,
      entries: 3,
    });
    const rest = await statement(server, id, [JUNE[1], '2024-07-02T00:00:00Z']);
    expect(rest).toMatchObject({ opening: 87, added: 0, spent: 80, closing: 7, entries: 1 });
  });

  it('counts reversals apart, negative where they took points', async ({ server }) => {
    const { id } = await server.user();
    const change = async (document: typeof AddPointsDocument | typeof SpendPointsDocument, points: number) =>
      (await server.send(token, document, { input: { user: { id }, points } })).data.change.entry.id;
    const added = await change(AddPointsDocument, 10);
    await change(AddPointsDocument, 20);
    const spent = await change(SpendPointsDocument, 4);
    for (const entryId of [added, spent]) await server.send(token, ReversePointsDocument, { input: { entryId } });
    expect(await statement(server, id, NOW)).toMatchObject({
      opening: 0,
      added: 30,
      spent: 4,
      reversed: -6,
      closing: 20,
      entries: 5,
    });
  });

  it('counts received points as added, given ones as spent, and the reversal of a transfer as a reversal', async ({
    server,
  }) => {
    const [giver, receiver] = [await server.user(), await server.user()];
    await server.send(token, AddPointsDocument, { input: { user: { id: giver.id }, points: 10 } });
    const transfer = async (points: number) => {
      const input = { from: { id: giver.id }, to: { id: receiver.id }, points };
      return (await server.send(token, TransferPointsDocument, { input })).data.change.credit.id;
    };
    await transfer(3);
    await server.send(token, ReversePointsDocument, { input: { entryId: await transfer(4) } });
    expect(await statement(server, giver.id, NOW)).toMatchObject({ added: 10, spent: 7, reversed: 4, closing: 7 });
    expect(await statement(server, receiver.id, NOW)).toMatchObject({ added: 7, spent: 0, reversed: -4, closing: 3 });
  });

  it.for<[what: string, period: Period, expected: object]>([
    ['before the first entry', ['2020-01-01T00:00:00Z', '2020-02-01T00:00:00Z'], { opening: 0, closing: 0 }],
    ['between two entries', ['2024-05-01T00:00:00Z', '2024-05-02T00:00:00Z'], { opening: 5, closing: 5 }],
    ['of no length', ['2024-06-01T00:00:00Z', '2024-06-01T00:00:00Z'], { opening: 5, closing: 5 }],
    ['in the future', ['2999-01-01T00:00:00Z', '2999-12-31T00:00:00Z'], { opening: 8, closing: 8 }],
  ])('has no movement in a period %s', async ([_what, period, expected], { server }) => {
    const { id } = await server.user();
    await importChanges(server, id, [
      ['2024-04-01T00:00:00Z', 5],
      ['2024-06-01T00:00:00Z', 3],
    ]);
    const movements = { added: 0, spent: 0, reversed: 0, entries: 0 };
    expect(await statement(server, id, period)).toMatchObject({ ...expected, ...movements });
  });

  it('is all 0 for a user without entries', async ({ server }) => {
    const { id } = await server.user();
    const zeros = { opening: 0, added: 0, spent: 0, reversed: 0, closing: 0, entries: 0 };
    expect(await statement(server, id, NOW)).toMatchObject(zeros);
  });

  it('has null for a sum above the largest exact number', async ({ server }) => {
    const { id } = await server.user();
    await importChanges(server, id, [
      ['2024-06-01T00:00:00Z', MAX_POINTS],
      ['2024-06-02T00:00:00Z', -MAX_POINTS],
      ['2024-06-03T00:00:00Z', MAX_POINTS],
    ]);
    expect(await statement(server, id, JUNE)).toMatchObject({ added: null, spent: MAX_POINTS, closing: MAX_POINTS });
  });

  it('of many users in one request is each user’s own', async ({ server }) => {
    const users = [await server.user(), await server.user()];
    for (const [index, { id }] of users.entries()) await importChanges(server, id, [[JUNE[0], 10 + index]]);
    const fields = users.map(
      ({ id }, index) =>
        `u${index}: user(by: { id: "${id}" }) { pointsStatement(since: "${JUNE[0]}", until: "${JUNE[1]}") { closing } }`,
    );
    const { data } = await server.send(token, `{ ${fields.join(' ')} }`);
    expect(data).toEqual({ u0: { pointsStatement: { closing: 10 } }, u1: { pointsStatement: { closing: 11 } } });
  });

  it('spans up to 366 days', async ({ server }) => {
    const { id } = await server.user();
    const days = (until: string) => send(server, token, id, ['2024-01-01T00:00:00Z', until]);
    expect((await days('2025-01-01T00:00:00Z')).errors).toBeUndefined();
    for (const until of ['2025-01-01T00:00:00.001Z', '2023-12-31T23:59:59.999Z']) {
      expect(refusal(await days(until))).toMatchObject({ code: 'BAD_USER_INPUT', field: 'until' });
    }
  });

  it('covers at most 200,000 entries', async ({ server }) => {
    const { id } = await server.user();
    await server.database.query(
      `insert into entries (user_id, sequence, kind, delta, balance_after, owner_id, created_at)
       select $1, n, 'ADD', 1, n, $1, $2::timestamptz + n * interval '1 second' from generate_series(1, 200001) n`,
      [id, JUNE[0]],
    );
    await server.database.query('update balances set points = 200001, sequence = 200001 where user_id = $1', [id]);
    const [first, last] = [1, 200_001].map((second) => new Date(Date.parse(JUNE[0]) + second * 1_000).toISOString());
    const { data, errors } = await server.send(
      token,
      `{ user(by: { id: "${id}" }) {
        allowed: pointsStatement(since: "${first}", until: "${last}") { added closing entries }
        refused: pointsStatement(since: "${first}", until: "${JUNE[1]}") { closing }
      } }`,
    );
    expect(data).toEqual({ user: { allowed: { added: 200_000, closing: 200_000, entries: 200_000 }, refused: null } });
    expect(errors).toMatchObject([
      {
        path: ['user', 'refused'],
        message: 'The period has 200001 entries, but a statement covers at most 200000. Choose a shorter period.',
        extensions: { code: 'BAD_USER_INPUT', field: 'until' },
      },
    ]);
  });

  it('is for points:read and for the user', async ({ server }) => {
    const own = await server.session();
    const read = (by: Credential) => send(server, by, own.user.id, JUNE);
    expect((await read(own)).errors).toBeUndefined();
    expect((await read(await server.token(['users:read', 'points:read']))).errors).toBeUndefined();
    expect(refusal(await read(await server.session()))).toMatchObject({ code: 'FORBIDDEN' });
    expect(refusal(await read(await server.token(['users:read'])))).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'User.pointsStatement',
      missingScopes: ['POINTS_READ'],
    });
    expect(refusal(await read(undefined))).toMatchObject({ code: 'UNAUTHENTICATED' });
    const revoked = await server.token(['users:read', 'points:read']);
    await server.send(token, RevokeTokenDocument, { input: { id: revoked.id } });
    expect(refusal(await read(revoked))).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
  });
});
