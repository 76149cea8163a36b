/** What is counted, told and recorded of requests whose credential the node has verified before. */
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { AddPointsDocument, SpendPointsDocument, UserDocument, ViewerKindDocument } from '../operations/generated.js';
import { hold } from '../support/held.js';
import { type LoggedIn, sessionIdOf, type TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { watchStatements } from '../support/statements.js';

const LIMIT = 20;

/** Minutes are those of the clock, which stands still before the server takes it: no minute ends while a test counts. */
beforeAll(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterAll(() => {
  vi.useRealTimers();
});

const it = itWith({ THROTTLE_REQUESTS_PER_MINUTE: String(LIMIT) });

const left = ({ headers }: { headers: Headers }) => Number(/r=(\d+)/.exec(headers.get('ratelimit') ?? '')?.[1] ?? NaN);
const end = (server: TestServer, session: LoggedIn) =>
  server.database.query('update sessions set ended_at = now() where id = $1', [sessionIdOf(session)]);

describe('The requests of a known session', () => {
  it('are counted once each, whatever they ask for', async ({ server }) => {
    const session = await server.session();
    const by = { id: session.user.id };
    expect(left(await server.send(session, ViewerKindDocument))).toBe(LIMIT - 1);
    expect(left(await server.send(session, UserDocument, { by }))).toBe(LIMIT - 2);
    expect(left(await server.send(session, '{'))).toBe(LIMIT - 3);
    const denied = await server.send(session, AddPointsDocument, { input: { user: by, points: 1 } });
    expect([denied.status, left(denied)]).toEqual([403, LIMIT - 4]);
    await server.database.query(`update users set role = 'ADMIN' where id = $1`, [session.user.id]);
    const added = await server.send(session, AddPointsDocument, { input: { user: by, points: 1 } });
    expect([added.errors, left(added)]).toEqual([undefined, LIMIT - 5]);
  });

  it('are refused beyond the limit, and as unauthenticated once the session has ended', async ({ server }) => {
    const session = await server.session();
    const statuses = await Promise.all(
      Array.from({ length: LIMIT + 5 }, async () => (await server.send(session, ViewerKindDocument)).status),
    );
    expect(statuses.toSorted()).toEqual([...Array(LIMIT).fill(200), ...Array(5).fill(429)]);
    const limited = await server.send(session, ViewerKindDocument);
    expect([limited.status, left(limited)]).toEqual([429, 0]);
    await end(server, session);
    expect((await server.send(session, ViewerKindDocument)).status).toBe(401);
  });

  it('are not counted while the session cannot be verified', async ({ server }) => {
    const session = await server.session();
    expect(left(await server.send(session, ViewerKindDocument))).toBe(LIMIT - 1);
    const held = await hold(server, 'lock table sessions in access exclusive mode');
    const refused = await Promise.all([1, 2, 3].map(() => server.send(session, ViewerKindDocument)));
    expect(refused.map(({ status }) => status)).toEqual([503, 503, 503]);
    await held.release();
    expect(left(await server.send(session, ViewerKindDocument))).toBe(LIMIT - 2);
  });

  it('tell nothing of what the session has left once it has ended', async ({ server }) => {
    const session = await server.session();
    for (let sent = 0; sent < 3; sent++) await server.send(session, ViewerKindDocument);
    await end(server, session);
    const other = await server.session();
    await server.send(other, ViewerKindDocument);
    await end(server, other);
    // Both count against the rejections of the network, one after the other.
    const [first, second] = [
      await server.send(session, ViewerKindDocument),
      await server.send(other, ViewerKindDocument),
    ];
    expect([first.status, second.status]).toEqual([401, 401]);
    expect(left(second)).toBe(left(first) - 1);
  });
});

describe('The log of a known credential', () => {
  const lastLine = (server: TestServer) =>
    JSON.parse(server.log.findLast((line) => line.includes('request_completed')) ?? '{}');

  it('names the credential and the operation, and neither where it has ended', async ({ server }) => {
    const token = await server.token(['users:read', 'points:add']);
    const { id } = await server.user();
    const send = () => server.send(token, AddPointsDocument, { input: { user: { id }, points: 1 } });
    await send();
    await send();
    await vi.waitFor(() =>
      expect(lastLine(server)).toMatchObject({
        operation: 'AddPoints',
        credential: { tokenId: token.id },
        status: 200,
      }),
    );
    await server.database.query('update tokens set revoked_at = now() where id = $1', [token.id]);
    await send();
    await vi.waitFor(() => expect(lastLine(server).status).toBe(401));
    expect(lastLine(server)).not.toHaveProperty('credential');
    expect(lastLine(server)).not.toHaveProperty('operation');
  });
});

describe('The use of a known token', () => {
  it('is recorded by a look-up where a change is refused', async ({ server }) => {
    const token = await server.token(['points:spend']);
    const { id } = await server.user();
    await server.send(token, ViewerKindDocument);
    const statements = watchStatements();
    const refused = await server.send(token, SpendPointsDocument, { input: { user: { id }, points: 1 } });
    expect(refused.errors?.[0]?.extensions['code']).toBe('INSUFFICIENT_POINTS');
    await vi.waitFor(() =>
      expect(statements.queries().map((query) => Object(query).name)).toContain('tokens_by_secret'),
    );
  });
});
