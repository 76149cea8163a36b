/** Two nodes and their migrations through a real PgBouncer in transaction mode. It is skipped where none is installed. */
import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished } from 'vitest';
import {
  AddPointsDocument,
  DeleteUserDocument,
  RevokeTokenDocument,
  SpendPointsDocument,
} from '../operations/generated.js';
import { createDatabase } from '../support/database.js';
import { startServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';
import { bringUp, createEmptyDatabase, journal, ours } from './bring-up.js';
import { hasPgBouncer, openPgBouncer, type PgBouncer } from './pgbouncer.js';

/** Fewer connections to the database than one node has to the pooler. */
const POOL_SIZE = 3;

const FOLLOW = 'subscription ($user: UserBy) { pointsChanged(user: $user, after: 0) { sequence } }';

let pooler: PgBouncer;
/** The database without the pooler. */
let direct: string;
const it = itWith(async (after) => {
  if (!hasPgBouncer) return {};
  const database = await createDatabase();
  after(() => database.drop());
  direct = database.url;
  pooler = await openPgBouncer(direct, POOL_SIZE);
  after(() => pooler.close());
  return { DATABASE_URL: pooler.url, DATABASE_POOLER: 'on' };
});

describe.skipIf(!hasPgBouncer)('Behind a pooler', () => {
  it('each change of points is applied once, and none overdraws the balance', async ({ server }) => {
    const [token, user] = [await server.everything(), await server.user()];
    const change = async (
      document: typeof AddPointsDocument | typeof SpendPointsDocument,
      points: number,
      idempotencyKey: string,
    ) => await server.send(token, document, { input: { user: { id: user.id }, points, idempotencyKey } });
    const adds = Array.from({ length: 40 }, (_, index) => change(AddPointsDocument, 2, `add ${index % 20}`));
    expect((await Promise.all(adds)).filter(({ data }) => data?.change.replayed)).toHaveLength(20);
    const spends = await Promise.all(Array.from({ length: 30 }, () => change(SpendPointsDocument, 3, randomUUID())));
    const codes = spends.map(({ errors }) => errors?.[0]?.extensions['code']);
    expect(codes.filter((code) => code === undefined)).toHaveLength(13);
    expect(codes.filter((code) => code === 'INSUFFICIENT_POINTS')).toHaveLength(17);
  });

  it('a revoked token is rejected at once by another node', async ({ server }) => {
    const other = await startServer({ DATABASE_URL: pooler.url, DATABASE_POOLER: 'on' });
    onTestFinished(() => other.close());
    const [everything, token, user] = [
      await server.everything(),
      await server.token(['points:add']),
      await server.user(),
    ];
    const add = async () => await other.send(token, AddPointsDocument, { input: { user: { id: user.id }, points: 1 } });
    expect(await add()).toMatchObject({ data: { change: { points: 1 } }, errors: undefined });
    await server.send(everything, RevokeTokenDocument, { input: { id: token.id } });
    expect(await add()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
  });

  it('a subscription receives the change that another node makes', async ({ server }) => {
    const other = await startServer({ DATABASE_URL: pooler.url, DATABASE_POOLER: 'on' });
    onTestFinished(() => other.close());
    const [token, user] = [await server.everything(), await server.user()];
    const socket = await openSocket(server);
    await socket.init(token);
    socket.subscribe('1', FOLLOW, { user: { id: user.id } });
    await other.send(token, AddPointsDocument, { input: { user: { id: user.id }, points: 1 } });
    expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { pointsChanged: { sequence: 1 } } } });
    socket.socket.close();
    await socket.closed;
  });

  it('a node with DATABASE_LISTEN_URL listens on one direct connection, and is notified by others', async ({
    server,
  }) => {
    const listener = await startServer({
      DATABASE_URL: pooler.url,
      DATABASE_POOLER: 'on',
      DATABASE_LISTEN_URL: direct,
    });
    onTestFinished(() => listener.close());
    const [token, user] = [await server.everything(), await server.user()];
    const socket = await openSocket(listener);
    await socket.init(token);
    socket.subscribe('1', FOLLOW, { user: { id: user.id } });
    const listening = () =>
      server.database.query(`select 1 from pg_stat_activity where application_name = 'scrip-listen' and datname = $1`, [
        new URL(direct).pathname.slice(1),
      ]);
    await expect.poll(async () => (await listening()).length).toBe(1);
    await server.send(token, AddPointsDocument, { input: { user: { id: user.id }, points: 1 } });
    expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { pointsChanged: { sequence: 1 } } } });
    socket.socket.close();
    await socket.closed;
  });

  it('requests fail with UNAVAILABLE while the pooler is down, and the node recovers by itself', async ({ server }) => {
    const [token, user] = [await server.everything(), await server.user()];
    const add = async () =>
      await server.send(token, AddPointsDocument, { input: { user: { id: user.id }, points: 1 } });
    await add();
    await pooler.kill();
    expect(await add()).toMatchObject({ status: 503, errors: [{ extensions: { code: 'UNAVAILABLE' } }] });
    await expect(server.send(token, DeleteUserDocument, { user: { id: user.id } })).resolves.toMatchObject({
      status: 503,
    });
    await pooler.start();
    await expect.poll(async () => (await add()).errors, { timeout: 10_000 }).toBeUndefined();
  });

  it('nodes that start at once on an empty database migrate it once, with fewer connections than nodes', async () => {
    const empty = await createEmptyDatabase();
    const narrow = await openPgBouncer(empty.url, 2);
    onTestFinished(() => narrow.close());
    await Promise.all([1, 2, 3].map(() => bringUp(narrow.url, { behindPooler: true })));
    expect(await journal(empty)).toEqual(ours.map(({ name }) => name));
  });
});
