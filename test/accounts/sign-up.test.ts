import { print } from 'graphql';
import { describe, expect } from 'vitest';
import { LogInDocument, PointsDocument, SignUpDocument, ViewerDocument } from '../operations/generated.js';
import { post } from '../support/http.js';
import { itWith } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';

const itWithSignUp = itWith({ THROTTLE_SIGNUPS_PER_HOUR: '0' });

describe('Mutation.signUp', () => {
  const it = itWithSignUp;

  const password = 'correct horse battery';

  it('creates a user with the role USER and no points, and logs them in', async ({ server }) => {
    const response = await server.send(undefined, SignUpDocument, { username: 'Nora', password });
    expect(response.errors).toBeUndefined();
    const { accessToken, refreshToken, expiresIn, expiresAt, user } = response.data.signUp;
    expect(user).toMatchObject({ username: 'Nora', role: 'USER' });
    expect(expiresIn).toBe(300);
    expect(refreshToken).toMatch(/^scrip_rt_[A-Za-z0-9_-]{72}$/);
    const viewer = await server.send(accessToken, ViewerDocument);
    expect(viewer.data.viewer).toEqual({
      kind: 'USER',
      scopes: ['USERS_READ', 'POSTS_READ'],
      user: { id: user.id, username: 'Nora' },
      token: null,
      expiresAt,
    });
    const { data } = await server.send(accessToken, PointsDocument, { user: { username: 'nora' } });
    expect(data.user.points).toBe(0);
    expect((await server.send(undefined, LogInDocument, { username: 'nora', password })).data.logIn.user.id).toBe(
      user.id,
    );
  });

  it('gives a username to one of twenty who request it at once, in any case', async ({ server }) => {
    const responses = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        server.send(undefined, SignUpDocument, { username: index % 2 === 0 ? 'Wanted' : 'wanted', password }),
      ),
    );
    expect(responses.filter(({ errors }) => errors === undefined)).toHaveLength(1);
    const codes = responses.flatMap(({ errors }) => errors?.map(({ extensions }) => extensions['code']) ?? []);
    expect(new Set(codes)).toEqual(new Set(['USERNAME_TAKEN']));
    const rows = await server.database.query(`
      select (select count(*)::int from sessions where user_id = u.id) as sessions
        from users u where lower(username) = 'wanted'`);
    expect(rows).toEqual([{ sessions: 1 }]);
  });

  it('accepts no role', async ({ server }) => {
    const document =
      'mutation { signUp(input: { username: "x", password: "correct horse", role: ADMIN }) { user { id } } }';
    const { status, errors } = await server.send(undefined, document);
    expect(status).toBe(400);
    expect(errors).toMatchObject([{ message: expect.stringContaining('"role" is not defined by type') }]);
  });

  it.for<[what: string, variables: { username: string; password: string }, field: string]>([
    ['an invalid name', { username: 'no spaces', password }, 'input.username'],
    ['a look-alike of another name', { username: '\u0430dmin', password }, 'input.username'],
    ['the name of a deleted user', { username: 'Deleted-1', password }, 'input.username'],
    ['a password that is too short', { username: 'short', password: '1234567' }, 'input.password'],
    ['a common password', { username: 'common', password: 'Password' }, 'input.password'],
    ['the name as the password', { username: 'same-again', password: 'SAME-again' }, 'input.password'],
  ])('refuses %s', async ([_what, variables, field], { server }) => {
    const response = await server.send(undefined, SignUpDocument, variables);
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
    expect(await server.database.query('select 1 from users where username = $1', [variables.username])).toEqual([]);
  });

  it('stores and logs no password, no access token and no refresh token', async ({ server }) => {
    const { data } = await server.send(undefined, SignUpDocument, {
      username: 'secretive',
      password: 'not to be seen',
    });
    const dump = JSON.stringify(
      await server.database.query('select u.*, s.* from users u join sessions s on s.user_id = u.id'),
    );
    expect(dump).toContain('secretive');
    for (const secret of ['not to be seen', data.signUp.accessToken, data.signUp.refreshToken]) {
      expect(dump + server.log.join('')).not.toContain(secret);
    }
  });
});

const itWithoutSignUp = itWith({ SIGN_UP: 'off' });

describe('Mutation.signUp where SIGN_UP is off', () => {
  const FIELD = 'signUp(input: { username: "uninvited", password: "correct horse battery" }) { accessToken }';
  const OFF = { code: 'FORBIDDEN', reason: 'SIGN_UP_OFF' };
  const it = itWithoutSignUp;

  it.for<[how: string, query: string, operationName?: string]>([
    ['alone', `mutation { ${FIELD} }`],
    ['under an alias', `mutation { a: ${FIELD} }`],
    ['in a fragment', `mutation { ...F } fragment F on Mutation { ... on Mutation { ${FIELD} } }`],
    ['beside other fields', `mutation { createUser(input: { username: "beside" }) { user { id } } ${FIELD} }`],
    [
      'under a condition that is met',
      `mutation ($yes: Boolean = true) { ${FIELD.replace(') {', ') @include(if: $yes) {')} }`,
    ],
    ['in the operation that is named', `query A { __typename } mutation B { ${FIELD} }`, 'B'],
  ])('is refused %s, to every caller, before anything runs', async ([_how, query, operationName], { server }) => {
    const callers = [undefined, await server.session(), await server.everything()];
    for (const caller of callers) {
      const { status, data, headers, errors } = await post(
        server,
        { query, operationName },
        { accept: 'application/graphql-response+json', ...(caller && { authorization: `Bearer ${caller.secret}` }) },
      );
      expect({ status, data }).toEqual({ status: 403, data: undefined });
      expect(errors?.map(({ extensions }) => extensions)).toEqual([OFF]);
      expect(headers.get('www-authenticate')).toBeNull();
    }
    expect(await server.database.query(`select 1 from users where username in ('uninvited', 'beside')`)).toEqual([]);
  });

  it('is refused over a WebSocket', async ({ server }) => {
    const socket = await openSocket(server);
    await socket.init();
    socket.subscribe('1', print(SignUpDocument), { username: 'uninvited', password: 'correct horse battery' });
    expect(await socket.next()).toMatchObject({ type: 'error', id: '1', payload: [{ extensions: OFF }] });
    socket.socket.close();
  });

  it('does not refuse an operation that skips it', async ({ server }) => {
    const left = `mutation { createUser(input: { username: "invited" }) { user { id } } ...F @skip(if: true) } fragment F on Mutation { ${FIELD} }`;
    expect((await server.send(await server.everything(), left)).errors).toBeUndefined();
  });
});
