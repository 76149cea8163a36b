import { isInterfaceType, isObjectType } from 'graphql';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildSchema } from '../../src/graphql/build-schema.js';
import { CHANGE_PASSWORD, LOG_IN, LOG_OUT, RENEW, SET_PASSWORD, SIGN_UP, VIEWER } from '../sessions/documents.js';
import { get, post } from '../support/http.js';
import { dump } from '../support/leaks.js';
import { startServer, type TestServer } from '../support/server.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({
    LOG_LEVEL: 'trace',
    AUTH_BASIC_LOGIN: 'on',
    AUTH_HEADER_API_TOKEN: 'on',
    METRICS_PORT: '0',
  });
});
afterAll(() => server.close());

/** Everything that opens something, or was tried as if it did. */
const secrets = new Map<string, string>();
/** What clients were told of errors. */
const told: unknown[] = [];

const keep = (name: string, secret: string): string => {
  expect(secret.length).toBeGreaterThan(7);
  secrets.set(name, secret);
  return secret;
};
const send = async (credential: string | undefined, query: string, variables?: object) => {
  const answer = await server.send(credential, query, variables);
  told.push(answer.errors, [...answer.headers]);
  return answer;
};
const sendWith = async (headers: Record<string, string>, query: string, variables = {}) => {
  const answer = await post(server, { query, variables }, headers);
  told.push(answer.errors, [...answer.headers]);
};

it('No secret, password or token comes to be in a log, an error, a metric, the audit log or any table', async () => {
  await useSessions();
  await useTokens();
  await useWrongly();
  await useWhileItFails();

  const metrics = await (await fetch(server.metricsUrl ?? '')).text();
  const places = { log: server.log.join(''), errors: JSON.stringify(told), metrics, ...(await dump(server.database)) };
  expect(places.log).toContain('unexpected_error');
  expect(places.errors).toContain('INVALID_CREDENTIALS');
  expect(Object.keys(places)).toEqual(
    expect.arrayContaining(['audit_events', 'sessions', 'throttles', 'tokens', 'users']),
  );
  expect(secrets.size).toBeGreaterThan(15);
  for (const [name, secret] of secrets) {
    const forms = [
      secret,
      ...['hex', 'base64', 'base64url'].map((form) => Buffer.from(secret).toString(form as 'hex')),
    ];
    for (const [place, text] of Object.entries(places)) {
      const found = forms.some((form) => text.toLowerCase().includes(form.toLowerCase()));
      expect({ name, place, found }).toEqual({ name, place, found: false });
    }
  }
});

it('The schema has no place for a password or its hash in an answer, and for a secret only where it is issued', () => {
  const places = Object.values(buildSchema().getTypeMap())
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
  expect(places).toContain('User.username');
  expect(places.filter((place) => /pass|hash|secret/i.test(place)).toSorted()).toEqual([
    'IssueTokenPayload.secret',
    'Mutation.changePassword',
    'Mutation.setPassword',
  ]);
});

async function useSessions() {
  const password = keep('the password', 'a Password of Ann');
  const keepPair = (name: string, pair: { accessToken: string; refreshToken: string }) => {
    keep(`the access token after ${name}`, pair.accessToken);
    keep(`the refresh token after ${name}`, pair.refreshToken);
    return pair;
  };
  keepPair('signing up', (await send(undefined, SIGN_UP, { username: 'ann', password })).data.signUp);
  const pair = keepPair('logging in', (await send(undefined, LOG_IN, { username: 'ann', password })).data.logIn);
  const next = keepPair(
    'renewing',
    (await send(undefined, RENEW, { refreshToken: pair.refreshToken })).data.renewSession,
  );
  const newPassword = keep('the new password', 'another Password of Ann');
  const change = { currentPassword: password, newPassword };
  keepPair('a change', (await send(next.accessToken, CHANGE_PASSWORD, change)).data.changePassword);
  await send(next.accessToken, VIEWER);
  await send(undefined, RENEW, { refreshToken: pair.refreshToken });
  const authorization = `Basic ${keep('Basic', Buffer.from(`ann:${newPassword}`).toString('base64'))}`;
  await sendWith({ authorization }, 'mutation { logIn { expiresIn } }');
  await sendWith({ authorization }, VIEWER);
  const last = keepPair(
    'logging in again',
    (await send(undefined, LOG_IN, { username: 'ann', password: newPassword })).data.logIn,
  );
  await send(last.accessToken, LOG_OUT);
  for (const password of [
    keep('a set password', 'a Password for Ann'),
    keep('a bad set password', 'unfit\0Password'),
  ]) {
    await send((await server.everything()).secret, SET_PASSWORD, { user: { username: 'ann' }, password });
  }
}

async function useTokens() {
  const admin = keep('an app token', (await server.everything()).secret);
  const issue =
    'mutation ($f: TokenFormat) { issueToken(input: { name: "n", scopes: [TOKENS_READ], format: $f }) { secret token { id } } }';
  const rotate = 'mutation ($id: ID!) { rotateToken(input: { id: $id, overlapSeconds: 9 }) { secret } }';
  const revoke = 'mutation ($secret: String!) { revokeToken(input: { secret: $secret }) { token { id } } }';
  for (const f of ['OPAQUE', 'JWT']) {
    const { secret, token } = (await send(admin, issue, { f })).data.issueToken;
    keep(`a token ${f}`, secret);
    await sendWith({ 'api-token': secret }, VIEWER);
    keep(`its successor ${f}`, (await send(admin, rotate, { id: token.id })).data.rotateToken.secret);
    await send(admin, revoke, { secret });
    await send(secret, VIEWER);
  }
  const leaked = keep('a leaked token', (await server.token(['posts:read'])).secret);
  await send(undefined, 'mutation ($secret: String!) { reportLeakedToken(input: { secret: $secret }) { received } }', {
    secret: leaked,
  });
}

async function useWrongly() {
  const wrong = keep('a wrong password', 'no Password of Ann');
  await send(undefined, LOG_IN, { username: 'ann', password: wrong });
  await send(undefined, LOG_IN, { username: keep('a password as a name', 'myPasswordAsAName'), password: wrong });
  await send(undefined, SIGN_UP, { username: 'bad', password: keep('a common password', 'password123') });
  await send(undefined, SIGN_UP, { username: 'bad', password: keep('a password with NUL', 'nul\0nul\0nul') });
  await send(undefined, RENEW, { refreshToken: keep('a made-up refresh token', `scrip_rt_${'Q'.repeat(72)}`) });
  await send(keep('a made-up token', `scrip_app_${'Q'.repeat(49)}`), VIEWER);
  await send(keep('a made-up JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln'), VIEWER);
  await sendWith({ authorization: `Bearer ${keep('a misplaced token', 'two-words-and')} more` }, VIEWER);
  const secret = keep('a token in a query string', `scrip_app_${'Z'.repeat(49)}`);
  const { errors } = await get(server, { query: VIEWER, token: secret, variables: `{"password":"${secret}"}` });
  told.push(errors);
}

/** What a statement was run with is no secret to the database's errors. */
async function useWhileItFails() {
  const password = keep('a password while it fails', 'unlucky Password of Ann');
  await server.database.query(`
    create function fail() returns trigger language plpgsql as $$ begin raise exception 'for a test'; end $$;
    create trigger fail before insert or update on users for each row execute function fail()`);
  await send(undefined, SIGN_UP, { username: 'unlucky', password });
  await server.database.query('alter table users rename to users_away');
  await send(undefined, LOG_IN, { username: 'ann', password });
  await send(secrets.get('an app token'), VIEWER);
  await server.database.query('alter table users_away rename to users');
}
