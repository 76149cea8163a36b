import { hash } from '@node-rs/bcrypt';
import { describe, expect } from 'vitest';
import { LogInDocument, LogOutDocument, SignUpDocument, ViewerDocument } from '../operations/generated.js';
import { startServer, type TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const it = itWith({ THROTTLE_LOGIN_FAILURES: '0' });

describe('Mutation.logIn', () => {
  const password = 'correct horse battery';
  it.beforeAll(async ({ server }) => {
    await server.send(undefined, SignUpDocument, { username: 'Lena', password });
  });

  const logIn = (server: TestServer, username: string, tried: string) =>
    server.send(undefined, LogInDocument, { username, password: tried });

  it('begins a session, with the username in any case', async ({ server }) => {
    const response = await logIn(server, 'LENA', password);
    expect(response.errors).toBeUndefined();
    expect(response.data.logIn.user.username).toBe('Lena');
    expect((await server.send(response.data.logIn.accessToken, ViewerDocument)).data.viewer.kind).toBe('USER');
  });

  it('begins another session each time; logging one out leaves the other', async ({ server }) => {
    const [one, other] = [
      (await logIn(server, 'lena', password)).data.logIn,
      (await logIn(server, 'lena', password)).data.logIn,
    ];
    await server.send(one.accessToken, LogOutDocument);
    expect((await server.send(one.accessToken, ViewerDocument)).status).toBe(401);
    expect((await server.send(other.accessToken, ViewerDocument)).status).toBe(200);
  });

  it('gives the same response for an unknown user, a wrong password, no password and an imported one', async ({
    server,
  }) => {
    await server.user({ username: 'without-password' });
    const imported = await server.user({ username: 'imported-and-wrong' });
    await setHash(server, imported.id, await hash(password, 4));
    const names = ['nobody-at-all', 'lena', 'without-password', 'imported-and-wrong'];
    const responses = await Promise.all(names.map((name) => logIn(server, name, 'wrong horse battery')));
    const shown = responses.map(({ status, headers, data, errors }) => {
      const { date, 'x-request-id': _, ...stable } = Object.fromEntries(headers);
      return { status, data, errors, stable };
    });
    expect(shown[0]).toMatchObject({ status: 200, data: { logIn: null } });
    expect(shown[0]?.errors).toMatchObject([{ path: ['logIn'], extensions: { code: 'INVALID_CREDENTIALS' } }]);
    for (const one of shown) expect(one).toEqual(shown[0]);
  });

  it('compares the whole password, with its case and spaces', async ({ server }) => {
    for (const tried of [`${password} `, ` ${password}`, password.toUpperCase(), password.slice(0, -1)]) {
      expect((await logIn(server, 'lena', tried)).errors?.[0]?.extensions['code']).toBe('INVALID_CREDENTIALS');
    }
  });

  it('issues an access token that lasts as long as ACCESS_TOKEN_SECONDS says', async () => {
    const lasting = await startServer({ ACCESS_TOKEN_SECONDS: '86400' });
    const { data } = await lasting.send(undefined, SignUpDocument, { username: 'lasting', password });
    const { accessToken, expiresIn, expiresAt } = data.signUp;
    const { iat, exp } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
    expect({ expiresIn, expiresAt }).toEqual({ expiresIn: 86_400, expiresAt: new Date(exp * 1000).toISOString() });
    expect(exp - iat).toBe(86_400);
    expect((await lasting.send(accessToken, ViewerDocument)).data.viewer.expiresAt).toBe(expiresAt);
    await lasting.close();
  });

  it.for([
    ['NUL in the name', { username: 'a\0b', password }, 'input.username'],
    ['a look-alike of a name', { username: 'L\u0435na', password }, 'input.username'],
    ['NUL in the password', { username: 'lena', password: `${password}\0` }, 'input.password'],
    [
      'a megabyte of password, before it is hashed',
      { username: 'lena', password: 'x'.repeat(1_000_000) },
      'input.password',
    ],
  ] as const)('refuses %s', async ([_what, variables, field], { server }) => {
    const response = await server.send(undefined, LogInDocument, variables);
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('accepts the bcrypt hash of an imported user, and replaces it by argon2id', async ({ server }) => {
    const user = await server.user({ username: 'imported' });
    await setHash(server, user.id, await hash('short', 4));
    const first = await Promise.all([
      logIn(server, 'imported', 'short'),
      logIn(server, 'imported', 'short'),
      logIn(server, 'imported', 'short'),
    ]);
    expect(first.map(({ errors }) => errors)).toEqual([undefined, undefined, undefined]);
    expect(
      await server.database.query('select left(password_hash, 9) as kind from users where id = $1', [user.id]),
    ).toEqual([{ kind: '$argon2id' }]);
    expect((await logIn(server, 'imported', 'short')).errors).toBeUndefined();
  });

  it('is refused with OVERLOADED when too many come at once, while other operations are served', async ({ server }) => {
    const session = await server.session();
    // Each takes 15 times as long to compare as to send, so that they pile up however busy the machine is.
    await setHash(server, (await server.user({ username: 'imported-too' })).id, await hash(password, 10));
    const storm = Promise.all(Array.from({ length: 300 }, () => logIn(server, 'imported-too', 'whatever it is')));
    const first = await Promise.race([storm, server.send(session, ViewerDocument)]);
    expect(first).toMatchObject({ data: { viewer: { kind: 'USER' } } });
    const responses = await storm;
    const codes = responses.map(({ errors }) => errors?.[0]?.extensions['code']);
    const refused = responses.filter(({ errors }) => errors?.[0]?.extensions['code'] === 'OVERLOADED');
    expect(new Set(codes)).toEqual(new Set(['OVERLOADED', 'INVALID_CREDENTIALS']));
    expect(refused[0]?.errors?.[0]?.extensions['retryAfterSeconds']).toBe(1);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect((await logIn(server, 'lena', password)).errors).toBeUndefined();
  }, 60_000);

  const setHash = (server: TestServer, id: string, passwordHash: string) =>
    server.database.query('update users set password_hash = $2 where id = $1', [id, passwordHash]);
});
