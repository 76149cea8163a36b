import { isInterfaceType, isObjectType, print } from 'graphql';
import { expect } from 'vitest';
import { buildSchema } from '../../src/graphql/build-schema.js';
import {
  ChangePasswordDocument,
  IssueTokenDocument,
  LogInDocument,
  LogOutDocument,
  RenewSessionDocument,
  ReportLeakedTokenDocument,
  RevokeTokenDocument,
  RotateTokenDocument,
  SetPasswordDocument,
  SignUpDocument,
  ViewerDocument,
} from '../operations/generated.js';
import { get, post } from '../support/http.js';
import { dump } from '../support/leaks.js';
import type { TestResponse, TestServer } from '../support/server.js';
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
/** Keeps what a client was told of errors. */
const note = <Data>(response: TestResponse<Data>) => {
  told.push(response.errors, [...response.headers]);
  return response;
};
const view = async (server: TestServer, headers: Record<string, string>) =>
  note(await server.send(undefined, ViewerDocument, {}, headers));

it('No secret, password or token is in the log, an error, a metric, the audit log or any other table', async ({
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

it('No field of the schema returns a password or its hash, and a secret only where it is issued', () => {
  const places = Object.values(buildSchema().getTypeMap())
    .filter((type) => isObjectType(type) || isInterfaceType(type))
    .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));
  expect(places).toContain('User.username');
  expect(places.filter((place) => /pass|hash|secret/i.test(place)).toSorted()).toEqual([
    'IssueTokenPayload.secret',
    'Mutation.changePassword',
    'Mutation.setPassword',
    'TokenDocument.hash', // of the text of an operation, which stands beside it
    'WebhookKeyPayload.secret',
  ]);
});

async function useSessions(server: TestServer) {
  const password = keep('the password', 'a Password of Ann');
  const keepPair = (name: string, pair: { accessToken: string; refreshToken: string }) => {
    keep(`the access token after ${name}`, pair.accessToken);
    keep(`the refresh token after ${name}`, pair.refreshToken);
    return pair;
  };
  keepPair('signing up', note(await server.send(undefined, SignUpDocument, { username: 'ann', password })).data.signUp);
  const pair = keepPair(
    'logging in',
    note(await server.send(undefined, LogInDocument, { username: 'ann', password })).data.logIn,
  );
  const next = keepPair(
    'renewing',
    note(await server.send(undefined, RenewSessionDocument, { refreshToken: pair.refreshToken })).data.renewSession,
  );
  const newPassword = keep('the new password', 'another Password of Ann');
  const change = { currentPassword: password, newPassword };
  keepPair('a change', note(await server.send(next.accessToken, ChangePasswordDocument, change)).data.changePassword);
  note(await server.send(next.accessToken, ViewerDocument));
  note(await server.send(undefined, RenewSessionDocument, { refreshToken: pair.refreshToken }));
  const authorization = `Basic ${keep('Basic', Buffer.from(`ann:${newPassword}`).toString('base64'))}`;
  note(await post(server, { query: 'mutation { logIn { expiresIn } }' }, { authorization }));
  await view(server, { authorization });
  const last = keepPair(
    'logging in again',
    note(await server.send(undefined, LogInDocument, { username: 'ann', password: newPassword })).data.logIn,
  );
  note(await server.send(last.accessToken, LogOutDocument));
  for (const password of [
    keep('a set password', 'a Password for Ann'),
    keep('a bad set password', 'unfit\0Password'),
  ]) {
    note(
      await server.send((await server.everything()).secret, SetPasswordDocument, {
        user: { username: 'ann' },
        password,
      }),
    );
  }
}

async function useTokens(server: TestServer) {
  const admin = keep('an app token', (await server.everything()).secret);
  for (const format of ['OPAQUE', 'JWT'] as const) {
    const input = { name: 'n', scopes: ['TOKENS_READ' as const], format };
    const { secret, token } = note(await server.send(admin, IssueTokenDocument, { input })).data.issueToken;
    keep(`a token ${format}`, secret);
    await view(server, { 'api-token': secret });
    keep(
      `its successor ${format}`,
      note(await server.send(admin, RotateTokenDocument, { id: token.id, overlapSeconds: 9 })).data.rotateToken.secret,
    );
    note(await server.send(admin, RevokeTokenDocument, { input: { secret } }));
    note(await server.send(secret, ViewerDocument));
  }
  const leaked = keep('a leaked token', (await server.token(['posts:read'])).secret);
  note(
    await server.send(undefined, ReportLeakedTokenDocument, {
      secret: leaked,
    }),
  );
}

async function useWrongly(server: TestServer) {
  const wrong = keep('a wrong password', 'no Password of Ann');
  note(await server.send(undefined, LogInDocument, { username: 'ann', password: wrong }));
  note(
    await server.send(undefined, LogInDocument, {
      username: keep('a password as a name', 'myPasswordAsAName'),
      password: wrong,
    }),
  );
  note(
    await server.send(undefined, SignUpDocument, {
      username: 'bad',
      password: keep('a common password', 'password123'),
    }),
  );
  note(
    await server.send(undefined, SignUpDocument, {
      username: 'bad',
      password: keep('a password with NUL', 'nul\0nul\0nul'),
    }),
  );
  note(
    await server.send(undefined, RenewSessionDocument, {
      refreshToken: keep('a made-up refresh token', `scrip_rt_${'Q'.repeat(72)}`),
    }),
  );
  note(await server.send(keep('a made-up token', `scrip_app_${'Q'.repeat(49)}`), ViewerDocument));
  note(await server.send(keep('a made-up JWT', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln'), ViewerDocument));
  await view(server, { authorization: `Bearer ${keep('a misplaced token', 'two-words-and')} more` });
  const secret = keep('a token in a query string', `scrip_app_${'Z'.repeat(49)}`);
  const { errors } = await get(server, {
    query: print(ViewerDocument),
    token: secret,
    variables: `{"password":"${secret}"}`,
  });
  told.push(errors);
}

/** What a statement was run with is no secret to the database's errors. */
async function useWhileItFails(server: TestServer) {
  const password = keep('a password while it fails', 'unlucky Password of Ann');
  await server.database.query(`
    create function fail() returns trigger language plpgsql as $$ begin raise exception 'for a test'; end $$;
    create trigger fail before insert or update on users for each row execute function fail()`);
  note(await server.send(undefined, SignUpDocument, { username: 'unlucky', password }));
  await server.database.query('alter table users rename to users_away');
  note(await server.send(undefined, LogInDocument, { username: 'ann', password }));
  note(await server.send(secrets.get('an app token'), ViewerDocument));
  await server.database.query('alter table users_away rename to users');
}
