import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  LinkExternalIdDocument,
  PointsChangedDocument,
  SpendPointsDocument,
  UnlinkExternalIdDocument,
  UpdateUserDocument,
} from '../operations/generated.js';
import { keptLedger, refusal } from '../points/ledger.js';
import { it } from '../support/fixtures.js';
import type { Credential, IssuedToken, TestServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';
import { watchStatements } from '../support/statements.js';

let everything: IssuedToken;
it.beforeAll(async ({ server }) => {
  everything = await server.everything();
});

let count = 0;
const newId = () => ({ issuer: 'twitch', id: `owner-${++count}` });
type Ref = ReturnType<typeof newId>;

const spend = (server: TestServer, by: Credential, external: Ref) =>
  server.send(by, SpendPointsDocument, { input: { user: { external }, points: 1 } });

async function addOne(server: TestServer, id: string): Promise<void> {
  const { errors } = await server.send(everything, AddPointsDocument, { input: { user: { id }, points: 1 } });
  expect(errors).toBeUndefined();
}

/** Links an id to another user than the one who has it. */
async function handOver(server: TestServer, external: Ref, id: string): Promise<void> {
  expect((await server.send(everything, UnlinkExternalIdDocument, { external })).errors).toBeUndefined();
  const linked = await server.send(everything, LinkExternalIdDocument, { input: { user: { id }, external } });
  expect(linked.errors).toBeUndefined();
}

/** The look-ups of users by an id in another system that a request takes. */
async function lookUpsOf(work: () => Promise<unknown>): Promise<number> {
  const statements = watchStatements();
  await work();
  return statements.queries().filter((query) => /by_external_id/.test(String(Object(query).name))).length;
}

describe('A logged-in user', () => {
  it('spends their own points by an id of theirs, which is looked up once', async ({ server }) => {
    const external = newId();
    const session = await server.session(await server.user({ externalIds: [external] }));
    await addOne(server, session.user.id);
    const lookUps = await lookUpsOf(async () => {
      const { data } = await spend(server, session, external);
      expect(data.change.user.id).toBe(session.user.id);
    });
    expect(lookUps).toBe(1);
    expect((await keptLedger(server, session.user.id)).points).toBe(0);
  });

  it('does not spend by an id of another user, or of no user, and is told the same of both', async ({ server }) => {
    const external = newId();
    const [session, other] = [await server.session(), await server.user({ externalIds: [external] })];
    await addOne(server, other.id);
    const denied = await spend(server, session, external);
    expect(denied.status).toBe(403);
    expect(refusal(denied)).toMatchObject({ code: 'FORBIDDEN', missingScopes: ['POINTS_SPEND'] });
    const unknown = await spend(server, session, newId());
    expect({ status: unknown.status, errors: unknown.errors }).toEqual({
      status: denied.status,
      errors: denied.errors,
    });
    expect((await keptLedger(server, other.id)).points).toBe(1);
  });

  it('who is an ADMIN spends by the id of any user, which only the change looks up', async ({ server }) => {
    const external = newId();
    const admin = await server.session(await server.user({ role: 'ADMIN' }));
    const other = await server.user({ externalIds: [external] });
    await addOne(server, other.id);
    const lookUps = await lookUpsOf(async () => {
      expect((await spend(server, admin, external)).data.change.user.id).toBe(other.id);
    });
    expect(lookUps).toBe(0);
  });
});

describe('A subscription to the points of a user by an id in another system', () => {
  async function follow(server: TestServer, by: Credential & { secret: string }, external: Ref) {
    const socket = await openSocket(server);
    await socket.init(by);
    socket.subscribe('1', PointsChangedDocument, { user: { external }, after: 0 });
    return socket;
  }

  it('follows the same user after the id was linked to another one', async ({ server }) => {
    const external = newId();
    const [bob, heir] = [await server.user({ externalIds: [external] }), await server.user()];
    const socket = await follow(server, await server.session(bob), external);
    await addOne(server, bob.id);
    await socket.next();
    await handOver(server, external, heir.id);
    await addOne(server, heir.id);
    await addOne(server, bob.id);
    const pointsChanged = { sequence: 2, user: { id: bob.id, username: bob.username } };
    expect(await socket.next()).toEqual({ type: 'next', id: '1', payload: { data: { pointsChanged } } });
    socket.socket.close();
    await socket.closed;
  });

  it('ends for a demoted administrator to whom the id was linked', async ({ server }) => {
    const external = newId();
    const [victim, eve] = [await server.user({ externalIds: [external] }), await server.user({ role: 'ADMIN' })];
    const socket = await follow(server, await server.session(eve), external);
    await addOne(server, victim.id);
    expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { pointsChanged: { sequence: 1 } } } });
    await handOver(server, external, eve.id);
    await server.send(everything, UpdateUserDocument, { input: { user: { id: eve.id }, role: 'USER' } });
    await addOne(server, victim.id);
    expect(await socket.next()).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(await socket.closed).toMatchObject({ code: 4403 });
  });
});
