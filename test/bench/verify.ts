import { deepStrictEqual, ok } from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import {
  ENTRIES_OF_USER,
  HOT_USER,
  pointsOf,
  postId,
  postsOf,
  type Secrets,
  USERS,
  userId,
  usernameOf,
} from './data.js';
import type { BenchDatabase } from './database.js';
import { operation } from './operations.js';
import type { OperationResponse, Server } from './server.js';

/** How many users lie between two pages that are asked for. */
export const PAGE_DISTANCE = 100;

const WRITES = 40;

/**
 * Checks that a contender does the work, before it is measured.
 *
 * @param pages the cursors of every {@link PAGE_DISTANCE}th user, null for the start.
 * @throws naming the wrong response.
 */
export async function verify(
  server: Server,
  { database, secrets, pages }: { database: BenchDatabase; secrets: Secrets; pages: readonly (string | null)[] },
): Promise<void> {
  const ask = (name: string, variables: object, secret = secrets.wide[0]) =>
    server.ask(operation(name), variables, secret ?? '');
  await reads(ask, pages);
  await pointsReads(ask);
  await refusals(ask, { database, secrets });
  await writes(ask, database);
  await keyedWrites(ask, database);
}

type Ask = (name: string, variables: object, secret?: string) => Promise<OperationResponse>;

async function reads(ask: Ask, pages: readonly (string | null)[]): Promise<void> {
  for (const number of [HOT_USER, 4_711, USERS]) {
    const expected = { id: userId(number), username: usernameOf(number), role: number === 1 ? 'ADMIN' : 'USER' };
    deepStrictEqual((await ask('user', { by: { username: usernameOf(number) } })).data, { user: expected });
  }
  deepStrictEqual((await ask('user', { by: { username: 'nobody' } })).data, { user: null });
  for (const page of [0, 50]) {
    const nodes = Array.from({ length: 20 }, (_, index) => page * PAGE_DISTANCE + index + 1).map((number) => ({
      id: userId(number),
      username: usernameOf(number),
      posts: { nodes: postsOf(number).map((post) => ({ id: postId(post), title: `Post ${post}` })) },
    }));
    deepStrictEqual((await ask('users', { after: pages[page] })).data, { users: { nodes } });
  }
}

/** Points, entries and the leaderboard: nothing has changed points yet. */
async function pointsReads(ask: Ask): Promise<void> {
  const holder = (number: number) => ({
    id: userId(number),
    username: usernameOf(number),
    points: ENTRIES_OF_USER * pointsOf(number),
  });
  for (const number of [HOT_USER, 4_711]) {
    const by = { username: usernameOf(number) };
    deepStrictEqual((await ask('balance', { by })).data, { user: holder(number) });
    const { id, pointsHistory } = (await ask('history', { by })).data.user;
    deepStrictEqual(id, userId(number));
    const found = pointsHistory.nodes.map(({ delta, balanceAfter, createdAt }: Entry) => {
      ok(Math.abs(Date.parse(createdAt) - Date.now()) < 3_600_000, 'An entry was not written in this hour.');
      return { delta, balanceAfter };
    });
    const delta = pointsOf(number);
    const entries = Array.from({ length: 20 }, (_, index) => ({
      delta,
      balanceAfter: (ENTRIES_OF_USER - index) * delta,
    }));
    deepStrictEqual(found, entries, 'The history differs.');
  }
  const all = Array.from({ length: USERS }, (_, index) => holder(index + 1));
  const leaders = all.sort((one, other) => other.points - one.points).slice(0, 20);
  deepStrictEqual((await ask('leaderboard', {})).data, { leaderboard: { nodes: leaders } });
}

/** What a contender responds with; each has ids of its own. */
interface Entry {
  readonly delta: number;
  readonly balanceAfter: number;
  readonly createdAt: string;
}

async function refusals(ask: Ask, { database, secrets }: { database: BenchDatabase; secrets: Secrets }): Promise<void> {
  const before = await database.ledgerState();
  const variables = { input: { user: { username: usernameOf(HOT_USER) }, points: 1 } };
  for (const secret of [secrets.narrow[0], secrets.unknown[0]]) {
    const { data, errors } = await ask('add', variables, secret);
    ok((errors?.length ?? 0) > 0 && (data?.addPoints ?? null) === null, 'A change without the scope succeeded.');
  }
  const { data, errors } = await ask('user', { by: { username: usernameOf(HOT_USER) } }, secrets.unknown[0]);
  ok((errors?.length ?? 0) > 0 && (data?.user ?? null) === null, 'An unknown token was accepted.');
  deepStrictEqual(await database.ledgerState(), before, 'A denial changed the data.');
}

/** Forty at once on one user, and forty on others: each response has a balance of its own, and all changes are in the ledger. */
async function writes(ask: Ask, database: BenchDatabase): Promise<void> {
  const before = await database.ledgerState();
  const change = (name: string, number: number, points: number) =>
    ask(name, { input: { user: { username: usernameOf(number) }, points } });
  const numbers = numbersTo(WRITES);

  const added = await Promise.all(numbers.map(() => change('add-one', HOT_USER, 3)));
  deepStrictEqual(
    added.map(({ data }) => data?.addPoints?.points).sort((one, other) => one - other),
    numbers.map((number) => before.hot + 3 * number),
    'Concurrent additions were lost or doubled.',
  );
  deepStrictEqual(added[0]?.data.addPoints.message, `Successfully added 3 points to ${usernameOf(HOT_USER)}`);

  // There is enough for 25 of them: the balance is cut into as many parts.
  const part = Math.floor((before.hot + 3 * WRITES) / 25);
  const spent = await Promise.all(numbers.map(() => change('spend-key', HOT_USER, part)));
  ok(
    spent.filter(({ data }) => data?.spendPoints != null).length === 25,
    'Concurrent changes overdrew the balance, or were refused too early.',
  );
  const restored = await change('add-one', HOT_USER, 25 * part - 3 * WRITES);
  deepStrictEqual(restored.data?.addPoints?.points, before.hot);

  const others = await Promise.all(numbers.map((number) => change('add', HOT_USER + number, 1)));
  ok(
    others.every(({ data }) => data?.addPoints != null),
    'A change of another user failed.',
  );
  const after = await database.ledgerState();
  const entries = before.entries + WRITES + 25 + 1 + WRITES;
  deepStrictEqual(after, { entries, hot: before.hot, isExact: true }, 'The ledger differs from the responses.');
}

/** A change with a key is applied once, and a balance is not overdrawn with one. */
async function keyedWrites(ask: Ask, database: BenchDatabase): Promise<void> {
  const before = await database.ledgerState();
  const change = (name: string, points: number, idempotencyKey = randomUUID()) =>
    ask(name, { input: { user: { username: usernameOf(HOT_USER) }, points, idempotencyKey } });

  const key = randomUUID();
  const same = [
    await change('add-key', 5, key),
    ...(await Promise.all([1, 2, 3].map(() => change('add-key', 5, key)))),
  ];
  ok(
    same.every(({ data }) => data?.addPoints?.points === before.hot + 5),
    'A repeated change had another result.',
  );
  const spent = await Promise.all(numbersTo(5).map(() => change('spend-key', 1)));
  deepStrictEqual(
    spent.map(({ data }) => data?.spendPoints?.points).sort((one, other) => one - other),
    numbersTo(5).map((number) => before.hot + number - 1),
  );
  const { data, errors } = await change('spend-key', before.hot + 1);
  ok((errors?.length ?? 0) > 0 && (data?.spendPoints ?? null) === null, 'A balance was overdrawn.');
  const after = await database.ledgerState();
  deepStrictEqual(after, { entries: before.entries + 6, hot: before.hot, isExact: true }, 'A key was applied twice.');
}

const numbersTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
