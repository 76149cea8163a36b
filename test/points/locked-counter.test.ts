import { expect, onTestFinished } from 'vitest';
import { AddPointsDocument, ReversePointsDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { openSession, type SentOperation } from '../support/postgres-session.js';
import type { IssuedToken, TestServer } from '../support/server.js';

const limited = (server: TestServer) =>
  server.token(['points:add', 'points:transfer'], undefined, { limits: { maxAddedPerDay: 9, maxSpentPerDay: 9 } });

const by = ({ id, owner }: IssuedToken) => ({ ownerId: owner.id, tokenId: id, retried: false });

async function session({ database }: TestServer) {
  const opened = await openSession(database, 'apply_changes');
  onTestFinished(() => opened.end());
  return opened;
}

it('A change is BUSY while another transaction holds the counter of its token, and others of the call are made', async ({
  server,
}) => {
  const [busy, free] = [await limited(server), await limited(server)];
  const [giver, receiver, other] = [await server.user(), await server.user(), await server.user()];
  const [holder, caller] = [await session(server), await session(server)];
  const add = (userId: string, token: IssuedToken): SentOperation => ({ kind: 'ADD', userId, points: 2, ...by(token) });
  await caller.apply([add(giver.id, busy), add(other.id, free)], 5_000);

  await holder.query('begin');
  await holder.query('select from token_counters where root_id = $1 for update', [busy.id]);
  const transfer = { kind: 'TRANSFER', userId: giver.id, toUserId: receiver.id, points: 1, ...by(busy) } as const;
  const changes = [transfer, add(other.id, free), add(other.id, busy)];
  expect(await caller.apply(changes, 0)).toMatchObject([
    { outcome: 'BUSY', counter: true },
    { outcome: 'APPLIED', limits: [expect.any(String), 9, 4, 9, 0, null, null, null, null] },
    { outcome: 'BUSY', counter: true },
  ]);
  await holder.query('rollback');
  expect(await caller.apply(changes, 0)).toMatchObject([
    { outcome: 'APPLIED', limits: [expect.any(String), 9, 2, 9, 1, null, null, null, null] },
    { outcome: 'APPLIED' },
    { outcome: 'APPLIED' },
  ]);
});

it('A reversal counts nothing for its user', async ({ server }) => {
  const everything = await server.everything();
  const { id } = await server.user();
  await server.send(everything, AddPointsDocument, { input: { user: { id }, points: 2 } });
  const token = await server.token(['points:reverse'], undefined, { limits: { maxSpentPerUserPerDay: 5 } });
  const { errors } = await server.send(token, ReversePointsDocument, { input: { entryId: `${id}.1` } });
  expect(errors).toBeUndefined();
  const counters = 'select from token_user_counters where root_id = $1';
  expect(await server.database.query(counters, [token.id])).toEqual([]);
});
