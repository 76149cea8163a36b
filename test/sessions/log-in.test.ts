import { hash } from '@node-rs/bcrypt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';
import { LOG_IN, LOG_OUT, SIGN_UP, VIEWER } from './documents.js';

describe('Mutation.logIn', () => {
  let server: TestServer;
  const password = 'correct horse battery';
  beforeAll(async () => {
    server = await startServer({ THROTTLE_LOGIN_FAILURES: '0' });
    await server.send(undefined, SIGN_UP, { username: 'Lena', password });
  });
  afterAll(() => server.close());

  const logIn = (username: string, tried: string) => server.send(undefined, LOG_IN, { username, password: tried });

  it('begins a session, whatever the case of the name', async () => {
    const answer = await logIn('LENA', password);
    expect(answer.errors).toBeUndefined();
    expect(answer.data.logIn.user.username).toBe('Lena');
    expect((await server.send(answer.data.logIn.accessToken, VIEWER)).data.viewer.kind).toBe('USER');
  });

  it('begins another session each time; logging one out leaves the other', async () => {
    const [one, other] = [(await logIn('lena', password)).data.logIn, (await logIn('lena', password)).data.logIn];
    await server.send(one.accessToken, LOG_OUT);
    expect((await server.send(one.accessToken, VIEWER)).status).toBe(401);
    expect((await server.send(other.accessToken, VIEWER)).status).toBe(200);
  });

  it('answers an unknown user, a wrong password, no password and an imported user’s alike, in body and headers', async () => {
    await server.user({ username: 'without-password' });
    const imported = await server.user({ username: 'imported-and-wrong' });
    await setHash(imported.id, await hash(password, 4));
    const names = ['nobody-at-all', 'lena', 'without-password', 'imported-and-wrong'];
    const answers = await Promise.all(names.map((name) => logIn(name, 'wrong horse battery')));
    const shown = answers.map(({ status, headers, data, errors }) => {
      const { date, 'x-request-id': _, ...stable } = Object.fromEntries(headers);
      return { status, data, errors, stable };
    });
    expect(shown[0]).toMatchObject({ status: 200, data: { logIn: null } });
    expect(shown[0]?.errors).toMatchObject([{ path: ['logIn'], extensions: { code: 'INVALID_CREDENTIALS' } }]);
    for (const one of shown) expect(one).toEqual(shown[0]);
  });

  it('compares the whole password, and nothing but it', async () => {
    for (const tried of [`${password} `, ` ${password}`, password.toUpperCase(), password.slice(0, -1)]) {
      expect((await logIn('lena', tried)).errors?.[0]?.extensions['code']).toBe('INVALID_CREDENTIALS');
    }
  });

  it('gives access for as long as the setting says, and says so', async () => {
    const lasting = await startServer({ ACCESS_TOKEN_SECONDS: '86400' });
    const { data } = await lasting.send(undefined, SIGN_UP, { username: 'lasting', password });
    const { accessToken, expiresIn, expiresAt } = data.signUp;
    const { iat, exp } = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString());
    expect({ expiresIn, expiresAt }).toEqual({ expiresIn: 86_400, expiresAt: new Date(exp * 1000).toISOString() });
    expect(exp - iat).toBe(86_400);
    expect((await lasting.send(accessToken, VIEWER)).data.viewer.expiresAt).toBe(expiresAt);
    await lasting.close();
  });

  it.each([
    ['NUL in the name', { username: 'a\0b', password }, 'input.username'],
    ['a look-alike of a name', { username: 'L\u0435na', password }, 'input.username'],
    ['NUL in the password', { username: 'lena', password: `${password}\0` }, 'input.password'],
    [
      'a megabyte of password, before it is hashed',
      { username: 'lena', password: 'x'.repeat(1_000_000) },
      'input.password',
    ],
  ])('refuses %s', async (_what, variables, field) => {
    const answer = await server.send(undefined, LOG_IN, variables);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field });
  });

  it('takes an imported user’s bcrypt hash, and keeps argon2id from then on', async () => {
    const user = await server.user({ username: 'imported' });
    await setHash(user.id, await hash('short', 4));
    const first = await Promise.all([
      logIn('imported', 'short'),
      logIn('imported', 'short'),
      logIn('imported', 'short'),
    ]);
    expect(first.map(({ errors }) => errors)).toEqual([undefined, undefined, undefined]);
    expect(
      await server.database.query('select left(password_hash, 9) as kind from users where id = $1', [user.id]),
    ).toEqual([{ kind: '$argon2id' }]);
    expect((await logIn('imported', 'short')).errors).toBeUndefined();
  });

  it('is refused with OVERLOADED when too many come at once, and others are served meanwhile', async () => {
    const session = await server.session();
    // Each takes 15 times as long to compare as to send, so that they pile up however busy the machine is.
    await setHash((await server.user({ username: 'imported-too' })).id, await hash(password, 10));
    const storm = Promise.all(Array.from({ length: 300 }, () => logIn('imported-too', 'whatever it is')));
    const [first] = await Promise.race([storm, Promise.all([server.send(session, VIEWER)])]);
    expect(first?.data.viewer.kind).toBe('USER');
    const answers = await storm;
    const codes = answers.map(({ errors }) => errors?.[0]?.extensions['code']);
    const refused = answers.filter(({ errors }) => errors?.[0]?.extensions['code'] === 'OVERLOADED');
    expect(new Set(codes)).toEqual(new Set(['OVERLOADED', 'INVALID_CREDENTIALS']));
    expect(refused[0]?.errors?.[0]?.extensions['retryAfterSeconds']).toBe(1);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
    expect((await logIn('lena', password)).errors).toBeUndefined();
  }, 60_000);

  const setHash = (id: string, passwordHash: string) =>
    server.database.query('update users set password_hash = $2 where id = $1', [id, passwordHash]);
});
