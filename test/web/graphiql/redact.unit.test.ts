import { describe, expect, it } from 'vitest';
import { redact } from '../../../src/web/graphiql/redact.js';

const SECRET = 'the secret';

describe('A link to an operation', () => {
  it.each([
    [
      'a variable',
      'mutation ($input: CredentialsInput!) { logIn(input: $input) { expiresIn } }',
      { input: { password: SECRET } },
    ],
    [
      'a variable of another name',
      'mutation ($p: String!) { logIn(input: { username: "ada", password: $p }) { expiresIn } }',
      { p: SECRET },
    ],
    ['a list in a variable', 'mutation ($all: [In!]!) { many(all: $all) { id } }', { all: [{ newPassword: SECRET }] }],
    ['an object under the name', 'mutation ($i: In!) { a(i: $i) { id } }', { i: { secret: { value: SECRET } } }],
    ['a literal', `mutation { logIn(input: { username: "ada", password: "${SECRET}" }) { expiresIn } }`, {}],
    ['a block string', `mutation { renewSession(input: { refreshToken: """${SECRET}""" }) { expiresIn } }`, {}],
    ['an argument', `mutation { report(secret: "${SECRET}") { id } }`, {}],
    ['a default', `mutation ($password: String = "${SECRET}") { logIn(input: { password: $password }) { id } }`, {}],
    [
      'a default of a variable of another name',
      `mutation ($p: String! = "${SECRET}") { logIn(input: { password: $p }) { id } }`,
      {},
    ],
    ['a default in an object', `mutation ($i: In! = { password: "${SECRET}" }) { logIn(input: $i) { id } }`, {}],
    [
      'a default of a variable in a list',
      `mutation ($p: String! = "${SECRET}") { a(input: { passwords: [$p] }) { id } }`,
      {},
    ],
    [
      'a default that another operation uses',
      `query A($p: String = "${SECRET}") { a(b: $p) } query B($p: String) { a(password: $p) }`,
      {},
    ],
    ['a token by its plain name', 'mutation ($t: String!) { a(token: $t) { id } }', { t: SECRET }],
    ['a token of an app', `mutation { a(appToken: "${SECRET}") { id } }`, {}],
    ['an Authorization header', `mutation { a(authorization: "Basic ${SECRET}") { id } }`, { authorization: SECRET }],
    ['a comment', `# ${SECRET}\n{ viewer { kind } }`, {}],
  ])('contains no credential from %s', (_place, query, variables) => {
    const redacted = redact({ query, variables: JSON.stringify(variables) });
    expect(redacted).toBeDefined();
    expect(JSON.stringify(redacted)).not.toContain(SECRET);
  });

  it.each(['scrip_app_0123456789', 'scrip_rt_0123456789', 'Bearer eyJhbGciOiJI.eyJzdWIi.c2ln'])(
    'contains no token %s, whatever its name',
    (token) => {
      const query = `mutation { createPost(input: { title: "${token}", body: "b" }) { post { id } } }`;
      const redacted = redact({ query, variables: JSON.stringify({ note: token }) });
      expect(redacted).toBeDefined();
      expect(JSON.stringify(redacted)).not.toContain(token);
    },
  );

  it('contains everything else', () => {
    const query =
      'query Read($by: UserBy!) {\n  user(by: $by) {\n    tokens(first: 3) {\n      nodes {\n        id\n      }\n    }\n  }\n}';
    const variables = '{\n  "by": {\n    "username": "bob"\n  }\n}';
    expect(redact({ query, variables })).toEqual({ query, variables });
    expect(redact({ query: '{ viewer { kind } }', variables: '' })?.variables).toBe('');
  });

  it.each([
    ['a document', 'mutation { logIn(', ''],
    ['variables', '{ viewer { kind } }', '{ "password": "'],
  ])('is not made from %s that cannot be parsed', (_what, query, variables) => {
    expect(redact({ query, variables })).toBeUndefined();
  });
});
