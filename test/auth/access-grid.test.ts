import { describe, expect } from 'vitest';
import { SCOPES, type Scope, scopeName } from '../../src/auth/scope.js';
import { buildSchema } from '../../src/graphql/build-schema.js';
import type { User } from '../../src/users/user.js';
import type { Answer, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';

/** What a root field asks of its caller, as the contract has it. */
interface Field {
  /** With `$user`, `$post` or `$token` where it names something. */
  readonly document: string;
  /** Every scope that it needs; left out with `isPublic`: any credential, or none at all. */
  readonly scopes?: readonly Scope[];
  readonly isPublic?: true;
  readonly kind?: 'APP' | 'USER';
  /** Whether a logged-in user may do it to what is their own. */
  readonly isForOwner?: true;
}

const QUERY: Readonly<Record<string, Field>> = {
  viewer: { document: '{ viewer { kind } }' },
  user: { document: 'query ($user: UserBy!) { user(by: $user) { id } }', scopes: ['users:read'], isForOwner: true },
  users: { document: '{ users { nodes { id } } }', scopes: ['users:read'] },
  leaderboard: { document: '{ leaderboard { nodes { id } } }', scopes: ['users:read', 'points:read'] },
  pointsEntries: { document: '{ pointsEntries { nodes { id } } }', scopes: ['points:read'] },
  pointsByDay: { document: '{ pointsByDay { entries } }', scopes: ['points:read'] },
  pointsTotals: { document: '{ pointsTotals { points } }', scopes: ['points:read'] },
  post: { document: 'query ($post: ID!) { post(id: $post) { id } }', scopes: ['posts:read'] },
  posts: { document: '{ posts { nodes { id } } }', scopes: ['posts:read'] },
  token: { document: 'query ($token: ID!) { token(id: $token) { id } }', scopes: ['tokens:read'] },
  tokens: { document: '{ tokens { nodes { id } } }', scopes: ['tokens:read'] },
  sessions: {
    document: 'query ($user: UserBy) { sessions(user: $user) { nodes { id } } }',
    scopes: ['tokens:read'],
    isForOwner: true,
  },
  auditLog: { document: '{ auditLog { nodes { id } } }', scopes: ['audit:read'] },
  requiredScopes: { document: '{ requiredScopes(document: "{ viewer { kind } }") { scopes } }', isPublic: true },
};

const MUTATION: Readonly<Record<string, Field>> = {
  addPoints: {
    document: 'mutation ($user: UserBy!) { addPoints(input: { user: $user, points: 1 }) { points } }',
    scopes: ['points:add'],
  },
  spendPoints: {
    document: 'mutation ($user: UserBy!) { spendPoints(input: { user: $user, points: 1 }) { points } }',
    scopes: ['points:spend'],
    isForOwner: true,
  },
  reversePoints: {
    document: 'mutation { reversePoints(input: { entryId: "x" }) { points } }',
    scopes: ['points:reverse'],
  },
  applyPoints: {
    document:
      'mutation ($user: UserBy!) { applyPoints(input: { operations: [{ add: { user: $user, points: 1 } }] }) { results { payload { points } } } }',
    scopes: ['points:add', 'points:spend'],
  },
  resolvePoints: {
    document: 'mutation ($user: UserBy!) { resolvePoints(input: { user: $user, idempotencyKey: "k" }) { __typename } }',
    scopes: ['points:add', 'points:spend'],
    isForOwner: true,
  },
  revokeSession: {
    document: 'mutation ($session: ID!) { revokeSession(input: { id: $session }) { __typename } }',
    scopes: ['tokens:revoke'],
    kind: 'USER',
    isForOwner: true,
  },
  revokeSessions: {
    document: 'mutation ($user: UserBy!) { revokeSessions(input: { user: $user }) { __typename } }',
    scopes: ['tokens:revoke'],
    kind: 'USER',
    isForOwner: true,
  },
  issueToken: {
    document: 'mutation { issueToken(input: { name: "n", scopes: [TOKENS_ISSUE] }) { secret } }',
    scopes: ['tokens:issue'],
  },
  revokeToken: {
    document: 'mutation ($token: ID!) { revokeToken(input: { id: $token }) { token { id } } }',
    scopes: ['tokens:revoke'],
  },
  revokeCurrentToken: { document: 'mutation { revokeCurrentToken { token { id } } }', kind: 'APP' },
  rotateToken: {
    document: 'mutation ($token: ID!) { rotateToken(input: { id: $token }) { secret } }',
    scopes: ['tokens:issue', 'tokens:revoke'],
  },
  reportLeakedToken: {
    document: 'mutation { reportLeakedToken(input: { secret: "x" }) { __typename } }',
    isPublic: true,
  },
  signUp: { document: 'mutation { signUp(input: { username: "!", password: "" }) { expiresIn } }', isPublic: true },
  logIn: { document: 'mutation { logIn(input: { username: "!", password: "" }) { expiresIn } }', isPublic: true },
  renewSession: { document: 'mutation { renewSession(input: { refreshToken: "x" }) { expiresIn } }', isPublic: true },
  logOut: { document: 'mutation { logOut { user { id } } }', kind: 'USER' },
  changePassword: {
    document: 'mutation { changePassword(input: { currentPassword: "x", newPassword: "y" }) { expiresIn } }',
    kind: 'USER',
  },
  setPassword: {
    document: 'mutation ($user: UserBy!) { setPassword(input: { user: $user, password: "x" }) { user { id } } }',
    scopes: ['users:write'],
  },
  createUser: {
    document: 'mutation { createUser(input: { username: "!" }) { user { id } } }',
    scopes: ['users:write'],
  },
  updateUser: {
    document: 'mutation ($user: UserBy!) { updateUser(input: { user: $user }) { user { id } } }',
    scopes: ['users:write'],
    isForOwner: true,
  },
  deleteUser: {
    document: 'mutation ($user: UserBy!) { deleteUser(input: { user: $user }) { deletedUserId } }',
    scopes: ['users:write'],
    isForOwner: true,
  },
  createPost: {
    document:
      'mutation ($user: UserBy!) { createPost(input: { author: $user, title: "t", body: "" }) { post { id } } }',
    scopes: ['posts:write'],
    isForOwner: true,
  },
  updatePost: {
    document: 'mutation ($post: ID!) { updatePost(input: { id: $post, title: "t" }) { post { id } } }',
    scopes: ['posts:write'],
    isForOwner: true,
  },
  deletePost: {
    document: 'mutation ($post: ID!) { deletePost(input: { id: $post }) { deletedPostId } }',
    scopes: ['posts:write'],
    isForOwner: true,
  },
};

const ADD = 'mutation ($user: UserBy!) { addPoints(input: { user: $user, points: 1 }) { points } }';

/** Over WebSocket, on users who were given points: each has something to tell at once. */
const SUBSCRIPTION: Readonly<Record<string, Field>> = {
  pointsChanged: {
    document: 'subscription ($user: UserBy!) { pointsChanged(user: $user, after: 0) { sequence } }',
    scopes: ['points:read'],
    isForOwner: true,
  },
};

const OF_EVERY_USER: readonly Scope[] = ['users:read', 'posts:read'];

const ROOTS = { Query: QUERY, Mutation: MUTATION, Subscription: SUBSCRIPTION };

const FIELDS = Object.entries(ROOTS).flatMap(([root, fields]) =>
  Object.entries(fields).map(([name, field]) => ({ coordinate: `${root}.${name}`, scopes: [], ...field })),
);

/** What a caller is told; the status is that of HTTP, the code that with which a WebSocket was closed. */
interface Told extends Pick<Answer, 'errors'> {
  readonly status?: number;
  readonly closed?: number;
}

const it = itWith({ THROTTLE_LOGIN_FAILURES: '0', THROTTLE_SIGNUPS_PER_HOUR: '0' });

describe('Who may do what', () => {
  it('is said here of every field that the schema has at its root', () => {
    const schema = buildSchema();
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    const coordinates = roots.flatMap((type) => Object.keys(type?.getFields() ?? {}).map((name) => `${type}.${name}`));
    expect(FIELDS.map(({ coordinate }) => coordinate).sort()).toEqual(coordinates.sort());
  });

  /** Sends the field's operation, on things that belong to `owner`. */
  async function send(
    server: TestServer,
    credential: { secret: string } | undefined,
    { document }: Field,
    owner: User,
  ): Promise<Told> {
    const variables = {
      user: { id: owner.id },
      post: document.includes('$post') ? (await server.post(owner)).id : undefined,
      session: document.includes('$session') ? await sessionOf(server, owner) : undefined,
      token: document.includes('$token') ? (await server.token(['tokens:issue'], owner)).id : undefined,
    };
    if (!document.startsWith('subscription')) return await server.send(credential, document, variables);
    await server.send(await server.everything(), ADD, variables);
    return await subscribe(server, credential, document, variables);
  }

  /** Over WebSocket: what comes back first, or how the connection ended before that. */
  async function subscribe(
    server: TestServer,
    credential: { secret: string } | undefined,
    document: string,
    variables: object,
  ): Promise<Told> {
    const { init, subscribe, next, socket, closed } = await openSocket(server);
    await init(credential);
    subscribe('1', document, variables);
    const first = await next();
    socket.close();
    if (first === undefined) return { errors: undefined, closed: (await closed).code };
    return { errors: first.type === 'error' ? first.payload : undefined };
  }

  async function sessionOf(server: TestServer, owner: User): Promise<unknown> {
    await server.session(owner);
    const [row] = await server.database.query('select id from sessions where user_id = $1 order by id desc', [
      owner.id,
    ]);
    return row?.['id'];
  }

  /** What a caller is told who may not, or `RUNS`: the operation ran, whatever came of it. */
  function outcome({ status, errors, closed }: Told): unknown {
    if (closed !== undefined) return { closed };
    const denial = errors?.find(({ extensions }) =>
      ['FORBIDDEN', 'UNAUTHENTICATED'].includes(String(extensions['code'])),
    );
    if (denial === undefined) return 'RUNS';
    const { code, reason, coordinate, missingScopes } = denial.extensions;
    return { status, code, reason, coordinate, missingScopes };
  }

  describe.each(FIELDS)('$coordinate', (field) => {
    const { coordinate, scopes, isPublic, kind, isForOwner } = field;
    const isStream = coordinate.startsWith('Subscription.');
    const forbidden = (missing: readonly Scope[]) => ({
      status: isStream ? undefined : 403,
      code: 'FORBIDDEN',
      coordinate,
      missingScopes: missing.map(scopeName),
    });
    const wrongKind = { ...forbidden([]), reason: kind === 'APP' ? 'APP_TOKEN_REQUIRED' : 'SESSION_REQUIRED' };

    it(`is ${isPublic ? 'open' : 'closed'} to anonymous callers`, async ({ server }) => {
      const answer = await send(server, undefined, field, await server.user());
      if (isPublic) expect(outcome(answer)).toBe('RUNS');
      else
        expect(outcome(answer)).toMatchObject({
          status: isStream ? undefined : 401,
          code: 'UNAUTHENTICATED',
          reason: 'TOKEN_MISSING',
        });
    });

    it('is closed to a revoked token', async ({ server }) => {
      const token = await server.token(SCOPES);
      await server.database.query('update tokens set revoked_at = now() where id = $1', [token.id]);
      const expected = isStream ? { closed: 4401 } : { status: 401, reason: 'TOKEN_REVOKED' };
      expect(outcome(await send(server, token, field, await server.user()))).toMatchObject(expected);
    });

    it(`is ${kind === 'USER' ? 'closed' : 'open'} to an app token with ${scopes.length === 0 ? 'any scope' : `just ${scopes.join(' and ')}`}`, async ({
      server,
    }) => {
      const token = await server.token(scopes.length === 0 ? ['posts:read'] : scopes);
      const expected = kind === 'USER' ? wrongKind : 'RUNS';
      expect(outcome(await send(server, token, field, await server.user()))).toEqual(expected);
    });

    it.for(scopes)(
      'is closed to an app token with every scope but %s, even on what is its owner’s',
      async (lacking, { server }) => {
        const token = await server.token(SCOPES.filter((scope) => scope !== lacking));
        expect(outcome(await send(server, token, field, token.owner))).toEqual(
          kind === 'USER' ? wrongKind : { ...forbidden([lacking]), reason: undefined },
        );
      },
    );

    const beyondUsers = scopes.filter((scope) => !OF_EVERY_USER.includes(scope));
    const forUsers =
      kind === 'APP' ? wrongKind : beyondUsers.length === 0 ? 'RUNS' : { ...forbidden(beyondUsers), reason: undefined };

    it(`is ${forUsers === 'RUNS' ? 'open' : 'closed'} to a logged-in user on what is another user’s`, async ({
      server,
    }) => {
      expect(outcome(await send(server, await server.session(), field, await server.user()))).toEqual(forUsers);
    });

    it(`is ${forUsers === 'RUNS' || isForOwner ? 'open' : 'closed'} to a logged-in user on what is their own`, async ({
      server,
    }) => {
      const session = await server.session();
      expect(outcome(await send(server, session, field, session.user))).toEqual(isForOwner ? 'RUNS' : forUsers);
    });

    it(`is ${kind === 'APP' ? 'closed' : 'open'} to an ADMIN`, async ({ server }) => {
      const session = await server.session(await server.user({ role: 'ADMIN' }));
      expect(outcome(await send(server, session, field, await server.user()))).toEqual(
        kind === 'APP' ? wrongKind : 'RUNS',
      );
    });
  });
});
