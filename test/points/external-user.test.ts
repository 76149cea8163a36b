import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  ApplyPointsDocument,
  LinkExternalIdDocument,
  ResolvePointsDocument,
  UnlinkExternalIdDocument,
  type UserBy,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { keptLedger, refusal } from './ledger.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

let count = 0;

/** A user and every way to name them. */
async function namedUser(server: TestServer) {
  const external = { issuer: 'twitch', id: `named-${++count}` };
  const { id, username } = await server.user({ externalIds: [external] });
  const ways: UserBy[] = [{ id }, { username }, { username: username.toUpperCase() }, { external }];
  return { id, external, ways };
}

const add = (server: TestServer, user: UserBy) =>
  server.send(token, AddPointsDocument, { input: { user, points: 5, idempotencyKey: 'once' } });
const resolve = (server: TestServer, user: UserBy) =>
  server.send(token, ResolvePointsDocument, { input: { user, idempotencyKey: 'once' } });

describe('An idempotency key is of the same change, however the user is named,', () => {
  it('in addPoints, applyPoints and resolvePoints', async ({ server }) => {
    const { id, external, ways } = await namedUser(server);
    const first = await add(server, { external });
    const replayed = { ...first.data.change, replayed: true };
    for (const user of ways) {
      expect((await add(server, user)).data.change).toEqual(replayed);
      expect((await resolve(server, user)).data.resolvePoints.result).toMatchObject({ payload: replayed, error: null });
    }
    const operations = ways.map((user) => ({ add: { user, points: 5, idempotencyKey: 'once' } }));
    const { data } = await server.send(token, ApplyPointsDocument, { input: { operations } });
    expect(data.applyPoints.results).toEqual(ways.map(() => ({ payload: replayed, error: null })));
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
  });

  it('in the operations of one applyPoints, of which the first makes the change', async ({ server }) => {
    const { id, ways } = await namedUser(server);
    const operations = ways.toReversed().map((user) => ({ add: { user, points: 5, idempotencyKey: 'once' } }));
    const { data } = await server.send(token, ApplyPointsDocument, { input: { operations } });
    expect(data.applyPoints.results.map(({ payload }) => payload?.replayed)).toEqual([false, true, true, true]);
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
  });

  it('in a hundred requests at once', async ({ server }) => {
    const { id, ways } = await namedUser(server);
    const requests = Array.from({ length: 25 }, () => ways.map((user) => add(server, user))).flat();
    const replayed = (await Promise.all(requests)).map(({ data }) => data.change.replayed);
    expect(replayed.filter((isReplay) => !isReplay)).toHaveLength(1);
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
  });
});

describe('An external id that is linked to another user', () => {
  it('makes a change that is sent again one of that user', async ({ server }) => {
    const [{ id, external }, heir] = [await namedUser(server), await server.user()];
    await add(server, { external });
    await server.send(token, UnlinkExternalIdDocument, { external });
    await server.send(token, LinkExternalIdDocument, { input: { user: { id: heir.id }, external } });
    const again = await add(server, { external });
    expect(again.data.change).toMatchObject({ replayed: false, user: { id: heir.id } });
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
    expect((await keptLedger(server, heir.id)).deltas).toEqual([5]);
  });
});

describe('resolvePoints for an external id that no user has', () => {
  it('is USER_NOT_FOUND, and closes nothing', async ({ server }) => {
    const external = { issuer: 'twitch', id: 'of no user' };
    expect(refusal(await resolve(server, { external }))).toMatchObject({ code: 'USER_NOT_FOUND', effect: 'NONE' });
    const { id } = await server.user({ externalIds: [external] });
    expect((await add(server, { external })).data.change).toMatchObject({ replayed: false, points: 5, user: { id } });
  });
});
