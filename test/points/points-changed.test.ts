import { setImmediate as nextTurn } from 'node:timers/promises';
import { print } from 'graphql';
import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  AllPointsChangedWithReasonsDocument,
  PointsChangedDocument,
  type PointsChangedSubscription,
  type PointsChangedSubscriptionVariables,
  RevokeTokenDocument,
} from '../operations/generated.js';
import type { TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';
import { errorsOf, openClient, openSocket } from '../support/socket.js';

const it = itOnTwoNodes();

describe('Subscription.pointsChanged of one user', () => {
  it('sends each entry once and in order on every node, also of 200 concurrent changes', async ({ server, other }) => {
    const [token, { id }] = [await server.everything(), await server.user()];
    const [here, there] = [
      follow(server, token, { user: { id }, after: 0 }),
      follow(other, token, { user: { id }, after: 0 }),
    ];
    const adds = Array.from({ length: 200 }, (_, index) => add(index % 2 === 0 ? server : other, token, id));
    const [heard, heardThere] = await Promise.all([here.take(200), there.take(200)]);
    await Promise.all(adds);
    expect(sequencesOf(heard)).toEqual(upTo(200));
    expect(sequencesOf(heardThere)).toEqual(upTo(200));
    await Promise.all([here.end(), there.end()]);
  });

  it('begins with the next entry where `after` is left out', async ({ server }) => {
    const [token, { id }] = [await server.everything(), await server.user()];
    await add(server, token, id);
    const events = follow(server, token, { user: { id } });
    const first = events.take(1);
    await addUntil(first, () => add(server, token, id));
    const [{ sequence } = { sequence: 0 }] = await first;
    expect(sequence).toBeGreaterThan(1);
    const second = events.take(1);
    await add(server, token, id);
    expect(sequencesOf(await second)).toEqual([sequence + 1]);
    await events.end();
  });

  it('resumes without a gap after the last entry that a client received', async ({ server, other }) => {
    const [token, { id }] = [await server.everything(), await server.user()];
    const first = follow(server, token, { user: { id }, after: 0 });
    const adds = Array.from({ length: 60 }, () => add(server, token, id));
    const before = await first.take(20);
    await first.end();
    await Promise.all(adds);
    const second = follow(other, token, { user: { id }, after: before.at(-1)?.sequence ?? 0 });
    await add(server, token, id);
    expect(sequencesOf([...before, ...(await second.take(41))])).toEqual(upTo(61));
    await second.end();
  });

  it('sends the entries of a node that cannot notify others', async ({ server }) => {
    const [token, { id }] = [await server.everything(), await server.user()];
    const events = follow(server, token, { user: { id }, after: 0 });
    await write(server, id, 3);
    expect(sequencesOf(await events.take(3))).toEqual(upTo(3));
    await write(server, id, 2);
    expect(sequencesOf(await events.take(2))).toEqual([4, 5]);
    await events.end();
  });

  it('loses nothing when the connection that listens is cut', async ({ server, other }) => {
    const [token, { id }] = [await server.everything(), await server.user()];
    const events = follow(other, token, { user: { id }, after: 0 });
    await add(server, token, id);
    expect(sequencesOf(await events.take(1))).toEqual([1]);
    await cut(server, `application_name = 'scrip-listen'`);
    await add(server, token, id);
    expect(sequencesOf(await events.take(1))).toEqual([2]);
    await events.end();
  });

  it('loses nothing when every connection to the database is cut nine times', async ({ server }) => {
    const [token, { id }] = [await server.everything(), await server.user()];
    const events = follow(server, token, { user: { id }, after: 0 });
    await write(server, id, 5);
    const before = await events.take(1);
    for (let round = 1; round < 10; round++) {
      await cut(server, `application_name <> ''`);
      await write(server, id, 5);
    }
    expect(sequencesOf([...before, ...(await events.take(49))])).toEqual(upTo(50));
    await events.end();
  });

  it('is allowed to the user, and to no other user', async ({ server }) => {
    const [session, stranger] = [await server.session(), await server.user()];
    await write(server, session.user.id, 1);
    const own = follow(server, session, { user: { username: session.user.username.toUpperCase() }, after: 0 });
    expect(sequencesOf(await own.take(1))).toEqual([1]);
    for (const variables of [
      { user: { id: stranger.id } },
      { user: { username: stranger.username } },
      { user: null },
      {},
    ]) {
      const [error] = await refused(server, session, variables);
      expect(error?.extensions).toMatchObject({ code: 'FORBIDDEN', coordinate: 'Subscription.pointsChanged' });
    }
    await own.end();
  });

  it('is denied before the user is looked up', async ({ server }) => {
    const unknownUser = { user: { username: 'nobody-at-all' } };
    const [missing] = await refused(server, undefined, unknownUser);
    expect(missing?.extensions).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' });
    const [denied] = await refused(server, await server.token(['users:read']), unknownUser);
    expect(denied?.extensions).toMatchObject({ code: 'FORBIDDEN', missingScopes: ['POINTS_READ'] });
    const [unknown] = await refused(server, await server.everything(), unknownUser);
    expect(unknown?.extensions).toMatchObject({ code: 'USER_NOT_FOUND' });
  });

  it('refuses an `after` below zero, and one without a user', async ({ server }) => {
    const [token, { id }] = [await server.everything(), await server.user()];
    for (const variables of [{ after: 0 }, { user: { id }, after: -1 }]) {
      const [error] = await refused(server, token, variables);
      expect(error?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'after' });
    }
  });

  it('sends no entry that was written after its credential was revoked', async ({ server, other }) => {
    const [token, { id }] = [await server.everything(), await server.user()];
    const doomed = await server.token(['points:read']);
    const socket = await openSocket(server);
    await socket.init(doomed);
    socket.subscribe('1', PointsChangedDocument, { user: { id }, after: 0 });
    await add(server, token, id);
    expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { pointsChanged: { sequence: 1 } } } });
    await other.send(token, RevokeTokenDocument, { input: { id: doomed.id } });
    await add(server, token, id);
    expect(await socket.next()).toBeUndefined();
    expect((await socket.closed).code).toBe(4401);
  });
});

describe('Subscription.pointsChanged of all users', () => {
  it('sends the entries of each user once and in order, from either node', async ({ server, other }) => {
    const token = await server.everything();
    const users = await Promise.all(Array.from({ length: 10 }, () => server.user()));
    const events = follow(other, token, {});
    await begun(server, events, token);
    const adds = users.flatMap(({ id }) => upTo(20).map((nth) => add(nth % 2 === 0 ? server : other, token, id)));
    const heard = await events.take(200);
    await Promise.all(adds);
    for (const { id } of users) expect(sequencesOf(heard.filter(({ user }) => user.id === id))).toEqual(upTo(20));
    await events.end();
  });

  it('sends the entries of a node that cannot notify others, of earlier and new users', async ({ server }) => {
    const token = await server.everything();
    const [old, young] = [await server.user(), await server.user()];
    await write(server, old.id, 150);
    const events = follow(server, token, {});
    await begun(server, events, token);
    await write(server, young.id, 2);
    await write(server, old.id, 130);
    const heard = await events.take(132);
    const of = ({ id }: { id: string }) => sequencesOf(heard.filter(({ user }) => user.id === id));
    expect(of(young)).toEqual([1, 2]);
    expect(of(old)).toEqual(upTo(280).slice(150));
    await events.end();
  });

  it('ends only for the client that reads entries more slowly than they are written', async ({ server }) => {
    const [token, { id }] = [await server.everything(), await server.user()];
    const [slow, quick] = [await openSocket(server), follow(server, token, {})];
    await slow.init(token);
    slow.subscribe('1', AllPointsChangedWithReasonsDocument);
    await begun(server, quick, token);
    await slow.next();
    slow.socket.pause();
    for (let round = 0; round < 8; round++) await write(server, id, 1_000, '😀'.repeat(500)); // 16 MB: more than networks buffer
    expect(sequencesOf(await quick.take(8_000))).toEqual(upTo(8_000));
    slow.socket.resume();
    const received = await slow.rest();
    expect(received.at(-1)).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'OVERLOADED' } }] });
    const got = received.slice(0, -1).map(({ payload }) => payload.data.pointsChanged);
    const own = sequencesOf(got.filter(({ user }) => user.id === id));
    expect(own).toEqual(upTo(own.length));
    slow.socket.close();
    await quick.end();
  });

  it('sends to each client the entries written after it subscribed', async ({ server }) => {
    const [token, { id }] = [await server.everything(), await server.user()];
    const first = follow(server, token, {});
    await begun(server, first, token);
    await add(server, token, id);
    expect(await first.take(1)).toMatchObject([{ sequence: 1, user: { id } }]);
    const second = follow(server, token, {});
    await begun(server, second, token);
    await add(server, token, id);
    expect(await second.take(1)).toMatchObject([{ sequence: 2, user: { id } }]);
    await Promise.all([first.end(), second.end()]);
  });
});

type Entry = PointsChangedSubscription['pointsChanged'];

/** A client that follows. What it was not asked for yet waits. */
function follow(node: TestServer, credential: { secret: string }, variables: PointsChangedSubscriptionVariables) {
  const client = openClient(node, credential);
  const results = client.iterate<PointsChangedSubscription>({
    query: print(PointsChangedDocument),
    variables: { ...variables },
  });
  return {
    take: async (count: number): Promise<Entry[]> => {
      const entries: Entry[] = [];
      while (entries.length < count) {
        const { value, done } = await results.next();
        if (done || !value.data) throw new Error(`No entry came: ${JSON.stringify(value)}`);
        entries.push(value.data.pointsChanged);
      }
      return entries;
    },
    end: async () => {
      await results.return?.();
      await client.dispose();
    },
  };
}

/** Writes entries of a user of its own until the first has come, and passes over all of them. */
async function begun(server: TestServer, events: ReturnType<typeof follow>, token: { secret: string }): Promise<void> {
  const { id } = await server.user();
  const first = events.take(1);
  const last = await addUntil(first, () => add(server, token, id));
  for (let [entry] = await first; entry !== undefined && entry.sequence < last; ) [entry] = await events.take(1);
}

/** Adds until something has come; returns the last sequence. */
async function addUntil(came: Promise<unknown>, addOne: () => Promise<number>): Promise<number> {
  let [isOver, last] = [false, 0];
  void came.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    last = await addOne();
    await nextTurn();
  }
  return last;
}

async function refused(
  node: TestServer,
  credential: { secret: string } | undefined,
  variables: PointsChangedSubscriptionVariables,
) {
  const client = openClient(node, credential);
  const errors = await errorsOf(client.iterate({ query: print(PointsChangedDocument), variables: { ...variables } }));
  await client.dispose();
  return errors;
}

async function add(node: TestServer, token: { secret: string }, id: string): Promise<number> {
  const { data } = await node.send(token, AddPointsDocument, { input: { user: { id }, points: 1 } });
  return data.change.entry.sequence;
}

/** Writes entries as a node does that notifies no other. */
async function write(server: TestServer, userId: string, count: number, reason = 'a test'): Promise<void> {
  const operation = { kind: 'ADD', userId, points: 1, reason, ownerId: userId };
  const operations = Array.from({ length: count }, () => operation);
  await server.database.query('select apply_points($1::jsonb, 5000)', [JSON.stringify(operations)]);
}

/** Ends connections of the servers to the database, once there is one to end. */
async function cut(server: TestServer, which: string): Promise<void> {
  const end = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and ${which}`;
  await expect.poll(() => server.database.query(end)).not.toEqual([]);
}

function sequencesOf(entries: readonly { readonly sequence: number }[]): number[] {
  return entries.map(({ sequence }) => sequence);
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
