import { describe, expect } from 'vitest';
import { hold } from '../support/held.js';
import type { Credential, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';
import { codeOf, create, freeEarlier, readRest, remove, rename, renamedUser } from './freed-username.js';

const it = itOnTwoNodes();

describe('Users who rename themselves', () => {
  it('have at most three names resting, and can take them back', async ({ server }) => {
    const user = await server.user({ username: 'first' });
    const session = await server.session(user);
    for (const name of ['second', 'third', 'fourth']) {
      expect(codeOf(await rename(server, session, user.id, name))).toBe('OK');
    }
    await freeEarlier(server, 'first', '29 days 23:00');
    const { errors, headers } = await rename(server, session, user.id, 'fifth');
    const retryAfterSeconds = Number(errors?.[0]?.extensions['retryAfterSeconds']);
    expect(errors?.[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds });
    expect(retryAfterSeconds).toBeLessThanOrEqual(3_600);
    expect(retryAfterSeconds).toBeGreaterThan(3_000);
    expect(headers.get('retry-after')).toBe(String(retryAfterSeconds));

    expect(codeOf(await rename(server, session, user.id, 'second'))).toBe('OK');
    expect(codeOf(await rename(server, session, user.id, 'SECOND'))).toBe('OK');
    expect(codeOf(await rename(server, session, user.id, 'fifth'))).toBe('RATE_LIMITED');
    await freeEarlier(server, 'first', '30 days');
    expect(codeOf(await rename(server, session, user.id, 'fifth'))).toBe('OK');
  });

  it('wait until fewer than three rest, however many an administrator made rest', async ({ server }) => {
    const token = await server.token(['users:write']);
    const user = await server.user({ username: 'name-0' });
    for (const nth of [1, 2, 3, 4]) {
      expect(codeOf(await rename(server, token, user.id, `name-${nth}`))).toBe('OK');
    }
    await freeEarlier(server, 'name-0', '29 days 23:50');
    await freeEarlier(server, 'name-1', '29 days 23:00');
    const session = await server.session(user);
    const { errors } = await rename(server, session, user.id, 'name-5');
    const retryAfterSeconds = Number(errors?.[0]?.extensions['retryAfterSeconds']);
    expect(retryAfterSeconds).toBeLessThanOrEqual(3_600);
    expect(retryAfterSeconds).toBeGreaterThan(3_000);
    expect(codeOf(await rename(server, session, user.id, 'name-2'))).toBe('OK');
  });

  it('are not limited by names of others', async ({ server }) => {
    const user = await server.user();
    for (let count = 0; count < 3; count++) await renamedUser(server);
    expect(codeOf(await rename(server, await server.session(user), user.id, `${user.username}-own`))).toBe('OK');
  });
});

describe('At the same time', () => {
  it('one of many callers on two nodes gets a name that has rested', async ({ server, other }) => {
    const { token, freed } = await renamedUser(server);
    await freeEarlier(server, freed, '30 days');
    const codes = await Promise.all(
      Array.from({ length: 20 }, async (_, nth) => codeOf(await create(nth % 2 === 0 ? server : other, token, freed))),
    );
    expect(codes.toSorted()).toEqual(['OK', ...Array(19).fill('USERNAME_TAKEN')]);
    expect(await readRest(server, freed)).toBeUndefined();
  });

  it('a name is taken back by its user, and by no caller of the other node', async ({ server, other }) => {
    const { token, user, freed } = await renamedUser(server);
    const [back, ...others] = await Promise.all([
      rename(server, token, user.id, freed),
      ...Array.from({ length: 10 }, () => create(other, token, freed)),
    ]);
    expect(codeOf(back)).toBe('OK');
    expect(new Set(others.map(codeOf))).toEqual(new Set(['USERNAME_TAKEN']));
  });

  it.for([
    ['renamed', (server: TestServer, token: Credential, id: string) => rename(server, token, id, `${id}-renamed`)],
    ['deleted', remove],
  ] as const)('a name rests for a caller who waits while its user is %s', async ([, free], { server, other }) => {
    const token = await server.everything();
    const user = await server.user();
    // The transaction has given up the name, and stops before it notes the rest.
    const held = await hold(server, 'lock table resting_usernames in share mode');
    const freeing = free(server, token, user.id);
    await held.reached();
    const creating = create(other, token, user.username);
    await held.isFollowed();
    await held.release();
    expect(codeOf(await freeing)).toBe('OK');
    const { errors } = await creating;
    expect(errors?.[0]?.extensions).toEqual({ code: 'USERNAME_TAKEN', availableAt: expect.any(String) });
  });
});
