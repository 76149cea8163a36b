import { describe, expect } from 'vitest';
import { AddPointsDocument, PointsChangedDocument, UpdateUserDocument } from '../operations/generated.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';

/** A name can change hands at once. */
const it = itWith({ USERNAME_REST_DAYS: '0' });

describe('A subscription to the points of a user by name', () => {
  it('ends for a demoted administrator who took over the name', async ({ server }) => {
    const token = await server.everything();
    const [victim, eve] = [await server.user(), await server.user({ role: 'ADMIN' })];
    const socket = await follow(server, await server.session(eve), victim.username);
    await addOne(server, token, victim.id);
    expect(await socket.next()).toMatchObject({ type: 'next', payload: { data: { pointsChanged: { sequence: 1 } } } });

    await rename(server, token, victim.id, `${victim.username}-2`);
    await rename(server, token, eve.id, victim.username);
    await server.send(token, UpdateUserDocument, { input: { user: { id: eve.id }, role: 'USER' } });
    await addOne(server, token, victim.id);

    expect(await socket.next()).toMatchObject({ type: 'error', payload: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(await socket.closed).toMatchObject({ code: 4403 });
  });

  it('continues for the user after they were renamed', async ({ server }) => {
    const [token, bob] = [await server.everything(), await server.user()];
    const socket = await follow(server, await server.session(bob), bob.username.toUpperCase());
    await addOne(server, token, bob.id);
    await socket.next();
    await rename(server, token, bob.id, `${bob.username}-2`);
    await server.user({ username: bob.username });
    await addOne(server, token, bob.id);
    const pointsChanged = { sequence: 2, user: { id: bob.id, username: `${bob.username}-2` } };
    expect(await socket.next()).toEqual({ type: 'next', id: '1', payload: { data: { pointsChanged } } });
    socket.socket.close();
    await socket.closed;
  });
});

async function follow(server: TestServer, credential: { secret: string }, name: string) {
  const socket = await openSocket(server);
  await socket.init(credential);
  socket.subscribe('1', PointsChangedDocument, { user: { username: name }, after: 0 });
  return socket;
}

async function addOne(server: TestServer, token: IssuedToken, id: string): Promise<void> {
  const { errors } = await server.send(token, AddPointsDocument, { input: { user: { id }, points: 1 } });
  expect(errors).toBeUndefined();
}

async function rename(server: TestServer, token: IssuedToken, id: string, username: string): Promise<void> {
  const { errors } = await server.send(token, UpdateUserDocument, { input: { user: { id }, username } });
  expect(errors).toBeUndefined();
}
