import { describe, expect } from 'vitest';
import { LogOutDocument, SessionsDocument, SessionsOfUsersDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { sessionIdOf } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

describe('Query.sessions', () => {
  it('shows users their own sessions, newest first, with the state of each', async ({ server }) => {
    const session = await server.session();
    await server.session(); // of another user
    const [ended, expired] = [await server.session(session.user), await server.session(session.user)];
    await server.send(ended, LogOutDocument);
    await server.database.query(`update sessions set expires_at = now() - interval '1 s' where id = $1`, [
      sessionIdOf(expired),
    ]);
    const { data, errors } = await server.send(session, SessionsDocument);
    expect(errors).toBeUndefined();
    expect(data.sessions.totalCount).toBe(3);
    expect(data.sessions.nodes).toMatchObject([
      { state: 'EXPIRED', isCurrent: false },
      { state: 'ENDED', isCurrent: false },
      { state: 'ACTIVE', isCurrent: true, endedAt: null, user: { username: session.user.username } },
    ]);
    const oldest = data.sessions.nodes[2];
    expect(Date.parse(oldest?.expiresAt ?? '') - Date.parse(oldest?.renewedAt ?? '')).toBe(14 * 86_400_000);
    const own = await server.send(session, SessionsDocument, { user: { id: session.user.id } });
    expect(own.data).toEqual(data);
  });

  it('is refused for the sessions of another user', async ({ server }) => {
    const [session, other] = [await server.session(), await server.session()];
    const { status, errors } = await server.send(session, SessionsDocument, { user: { id: other.user.id } });
    expect(status).toBe(403);
    expect(errors?.[0]?.extensions).toMatchObject({ coordinate: 'Query.sessions', missingScopes: ['TOKENS_READ'] });
  });

  it('shows the sessions of all users, or of one, page by page, to a caller who may read tokens', async ({
    server,
  }) => {
    const { user } = await server.session();
    await server.session(user);
    const reader = await server.token(['tokens:read', 'users:read']);
    const all = await server.send(reader, SessionsDocument);
    expect(all.data.sessions.totalCount).toBeGreaterThan(2);
    const first = await server.send(reader, SessionsDocument, { user: { username: user.username }, first: 1 });
    const { nodes, pageInfo, totalCount } = first.data.sessions;
    expect({ count: nodes.length, totalCount, more: pageInfo.hasNextPage }).toEqual({
      count: 1,
      totalCount: 2,
      more: true,
    });
    const rest = await server.send(reader, SessionsDocument, {
      user: { username: user.username },
      after: pageInfo.endCursor,
    });
    const ids = [...rest.data.sessions.nodes, ...nodes].map(({ id }) => id);
    expect(ids).toHaveLength(2);
    expect(ids).toEqual(ids.toSorted());
  });

  it('is refused to an anonymous caller and to a token without tokens:read', async ({ server }) => {
    expect((await server.send(undefined, SessionsDocument)).status).toBe(401);
    expect((await server.send(await server.token(['users:read']), SessionsDocument)).status).toBe(403);
  });
});

const itElsewhere = itWith();

describe('User.sessions', () => {
  const it = itElsewhere;

  it('shows those of each user to a caller who may read tokens', async ({ server }) => {
    const { user } = await server.session();
    await server.session(user);
    const { data } = await server.send(await server.everything(), SessionsOfUsersDocument);
    const shown = data.users.nodes.find(({ username }) => username === user.username);
    expect(shown?.sessions).toMatchObject({ totalCount: 2, nodes: [{}, {}] });
  });

  it('shows a user without tokens:read only their own', async ({ server }) => {
    const session = await server.session();
    const { status, data, errors } = await server.send(session, SessionsOfUsersDocument);
    expect(status).toBe(200);
    expect(data.users.nodes.length).toBeGreaterThan(1);
    for (const { username, sessions } of data.users.nodes) {
      if (username === session.user.username) expect(sessions?.totalCount).toBe(1);
      else expect(sessions).toBeNull();
    }
    expect(errors?.map(({ extensions }) => extensions['coordinate'])).toEqual(['User.sessions']);
  });
});
