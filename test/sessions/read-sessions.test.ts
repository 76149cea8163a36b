import { describe, expect } from 'vitest';
import { LogOutDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { itWith } from '../support/server-fixture.js';

const SESSIONS = /* GraphQL */ `
  query ($user: UserBy, $first: Int, $after: String) {
    sessions(user: $user, first: $first, after: $after) {
      nodes { id state isCurrent createdAt renewedAt expiresAt endedAt user { username } }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`;

describe('Query.sessions', () => {
  it('shows users their own sessions, newest first, with the state of each', async ({ server }) => {
    const session = await server.session();
    await server.session(); // of another user
    const [ended, expired] = [await server.session(session.user), await server.session(session.user)];
    await server.send(ended, LogOutDocument);
    const sid = JSON.parse(Buffer.from(expired.accessToken.split('.')[1] ?? '', 'base64url').toString()).sid;
    await server.database.query(`update sessions set expires_at = now() - interval '1 s' where id = $1`, [sid]);
    const { data, errors } = await server.send(session, SESSIONS);
    expect(errors).toBeUndefined();
    expect(data.sessions.totalCount).toBe(3);
    expect(data.sessions.nodes).toMatchObject([
      { state: 'EXPIRED', isCurrent: false },
      { state: 'ENDED', isCurrent: false },
      { state: 'ACTIVE', isCurrent: true, endedAt: null, user: { username: session.user.username } },
    ]);
    const [, , { renewedAt, expiresAt }] = data.sessions.nodes;
    expect(Date.parse(expiresAt) - Date.parse(renewedAt)).toBe(14 * 86_400_000);
    const own = await server.send(session, SESSIONS, { user: { id: session.user.id } });
    expect(own.data).toEqual(data);
  });

  it('is refused for another user’s', async ({ server }) => {
    const [session, other] = [await server.session(), await server.session()];
    const { status, errors } = await server.send(session, SESSIONS, { user: { id: other.user.id } });
    expect(status).toBe(403);
    expect(errors?.[0]?.extensions).toMatchObject({ coordinate: 'Query.sessions', missingScopes: ['TOKENS_READ'] });
  });

  it('shows the sessions of all users, or of one, page by page, to a caller who may read tokens', async ({
    server,
  }) => {
    const { user } = await server.session();
    await server.session(user);
    const reader = await server.token(['tokens:read', 'users:read']);
    const all = await server.send(reader, SESSIONS);
    expect(all.data.sessions.totalCount).toBeGreaterThan(2);
    const first = await server.send(reader, SESSIONS, { user: { username: user.username }, first: 1 });
    const { nodes, pageInfo, totalCount } = first.data.sessions;
    expect({ count: nodes.length, totalCount, more: pageInfo.hasNextPage }).toEqual({
      count: 1,
      totalCount: 2,
      more: true,
    });
    const rest = await server.send(reader, SESSIONS, { user: { username: user.username }, after: pageInfo.endCursor });
    expect(rest.data.sessions.nodes).toHaveLength(1);
    expect(rest.data.sessions.nodes[0].id < nodes[0].id).toBe(true);
  });

  it('is refused to an anonymous caller and to a token without tokens:read', async ({ server }) => {
    expect((await server.send(undefined, SESSIONS)).status).toBe(401);
    expect((await server.send(await server.token(['users:read']), SESSIONS)).status).toBe(403);
  });
});

const itElsewhere = itWith();

describe('User.sessions', () => {
  const it = itElsewhere;

  const USERS = '{ users { nodes { username sessions { totalCount nodes { id } } } } }';

  it('shows those of each user to a caller who may read tokens', async ({ server }) => {
    const { user } = await server.session();
    await server.session(user);
    const { data } = await server.send(await server.everything(), USERS);
    const shown = data.users.nodes.find(({ username }: { username: string }) => username === user.username);
    expect(shown.sessions).toMatchObject({ totalCount: 2, nodes: [{}, {}] });
  });

  it('shows a plain user their own alone', async ({ server }) => {
    const session = await server.session();
    const { status, data, errors } = await server.send(session, USERS);
    expect(status).toBe(200);
    for (const { username, sessions } of data.users.nodes) {
      if (username === session.user.username) expect(sessions.totalCount).toBe(1);
      else expect(sessions).toBeNull();
    }
    expect(errors?.map(({ extensions }) => extensions['coordinate'])).toEqual(['User.sessions']);
  });
});
