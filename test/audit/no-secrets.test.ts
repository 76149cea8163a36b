import { isInterfaceType, isObjectType } from 'graphql';
import { expect } from 'vitest';
import { buildSchema } from '../../src/graphql/build-schema.js';
import { CHANGE_PASSWORD, LOG_IN, LOG_OUT, RENEW, SET_PASSWORD, SIGN_UP, VIEWER } from '../sessions/documents.js';
import { get, post } from '../support/http.js';
import { dump } from '../support/leaks.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const it = itWith({
  LOG_LEVEL: 'trace',
  AUTH_BASIC_LOGIN: 'on',
  AUTH_HEADER_API_TOKEN: 'on',
  METRICS_PORT: '0',
});

/** Everything that opens something, or was tried as if it did. */
const secrets = new Map<string, string>();
/** What clients were told of errors. */
const told: unknown[] = [];

const keep = (name: string, secret: string): string => {
  expect(secret.length).toBeGreaterThan(7);
  secrets.set(name, secret);
  return secret;
};
const send = async (server: TestServer, credential: string | undefined, query: string, variables?: object) => {
  const answer = await server.send(credential, query, variables);
  told.push(answer.errors, [...answer.headers]);
  return answer;
};
const sendWith = async (server: TestServer, headers: Record<string, string>, query: string, variables = {}) => {
  const answer = await post(server, { query, variables }, headers);
  told.push(answer.errors, [...answer.headers]);
};

it('No secret, password or token comes to be in a log, an error, a metric, the audit log or any table', async ({
  server,
}) => {
  await useSessions(server);
  await useTokens(server);
  await useWrongly(server);
  await useWhileItFails(server);

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

async function useSessions(server: TestServer) {
  const password = keep('the password', 'a Password of Ann');
  const keepPair = (name: string, pair: { accessToken: string; refreshToken: string }) => {
    keep(`the access token after ${name}`, pair.accessToken);
    keep(`the refresh token after ${name}`, pair.refreshToken);
    return pair;
  };
  keepPair('signing up', (await send(server, undefined, SIGN_UP, { username: 'ann', password })).data.signUp);
  const pair = keepPair(
    'logging in',
    (await send(server, undefined, LOG_IN, { username: 'ann', password })).data.logIn,
  );
  const next = keepPair(
    'renewing',
    (await send(server, undefined, RENEW, { refreshToken: pair.refreshToken })).data.renewSession,
  );
  const newPassword = keep('the new password', 'another Password of Ann');
  const change = { currentPassword: password, newPassword };
  keepPair('a change', (await send(server, next.accessToken, CHANGE_PASSWORD, change)).data.changePassword);
  await send(server, next.accessToken, VIEWER);
  await send(server, undefined, RENEW, { refreshToken: pair.refreshToken });
  const authorization = `Basic ${keep('Basic', Buffer.from(`ann:${newPassword}`).toString('base64'))}`;
  await sendWith(server, { authorization }, 'mutation { logIn { expiresIn } }');
  await sendWith(server, { authorization }, VIEWER);
  const last = keepPair(
    'logging in again',
    (await send(server, undefined, LOG_IN, { username: 'ann', password: newPassword })).data.logIn,
  );
  await send(server, last.accessToken, LOG_OUT);
  for (const password of [
    keep('a set password', 'a Password for Ann'),
    keep('a bad set password', 'unfit\0Password'),
  ]) {
    await send(server, (await server.everything()).secret, SET_PASSWORD, { user: { username: 'ann' }, password });
  }
}

async function useTokens(server: TestServer) {
  const admin = keep('an app token', (await server.everything()).secret);
  const issue =
    'mutation ($f: TokenFormat) { issueToken(input: { name: "n", scopes: [TOKENS_READ], format: $f }) { secret token { id } } }';
  const rotate = 'mutation ($id: ID!) { rotateToken(input: { id: $id, overlapSeconds: 9 }) { secret } }';
  const revoke = 'mutation ($secret: String!) { revokeToken(input: { secret: $secret }) { token { id } } }';
  for (const f of ['OPAQUE', 'JWT']) {
    const { secret, token } = (await send(server, admin, issue, { f })).data.issueToken;
    keep(`a token ${f}`, secret);
    await sendWith(server, { 'api-token': secret }, VIEWER);
    keep(`its successor ${f}`, (await send(server, admin, rotate, { id: token.id })).data.rotateToken.secret);
    await send(server, admin, revoke, { secret });
    await send(server, secret, VIEWER);
  }
  const leaked = keep('a leaked token', (await server.token(['posts:read'])).secret);
  await send(
    server,
    undefined,
    'mutation ($secret: String!) { reportLeakedToken(input: { secret: $secret }) { received } }',
    {
      secret: leaked,
    },
  );
}

async function useWrongly(server: TestServer) {
  const wrong = keep('a wrong password', 'no Password of Ann');
  await send(server, undefined, LOG_IN, { username: 'ann', password: wrong });
  await send(server, undefined, LOG_IN, {
    username: keep('a password as a name', 'myPasswordAsAName'),
    password: wrong,
  });
  await send(server, undefined, SIGN_UP, { username: 'bad', password: keep('a common password', 'password123') });
  await send(server, undefined, SIGN_UP, { username: 'bad', password: keep('a password with NUL', 'nul\0nul\0nul') });
  await send(server, undefined, RENEW, { refreshToken: keep('a made-up refresh token', `scrip_rt_${'Q'.repeat(72)}`) });
  await send(server, keep('a made-up token', `scrip_app_${'Q'.repeat(49)}`), VIEWER);
  await send(server, keep('a made-up JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln'), VIEWER);
  await sendWith(server, { authorization: `Bearer ${keep('a misplaced token', 'two-words-and')} more` }, VIEWER);
  const secret = keep('a token in a query string', `scrip_app_${'Z'.repeat(49)}`);
  const { errors } = await get(server, { query: VIEWER, token: secret, variables: `{"password":"${secret}"}` });
  told.push(errors);
}

/** What a statement was run with is no secret to the database's errors. */
async function useWhileItFails(server: TestServer) {
  const password = keep('a password while it fails', 'unlucky Password of Ann');
  await server.database.query(`
    create function fail() returns trigger language plpgsql as $$ begin raise exception 'for a test'; end $$;
    create trigger fail before insert or update on users for each row execute function fail()`);
  await send(server, undefined, SIGN_UP, { username: 'unlucky', password });
  await server.database.query('alter table users rename to users_away');
  await send(server, undefined, LOG_IN, { username: 'ann', password });
  await send(server, secrets.get('an app token'), VIEWER);
  await server.database.query('alter table users_away rename to users');
}
