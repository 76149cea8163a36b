import { describe, expect } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import { RevokeCurrentTokenDocument, RotateTokenDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { hold } from '../support/held.js';
import type { TestResponse, TestServer, TokenRestrictions } from '../support/server.js';

const ISSUE = 'mutation($input: IssueTokenInput!) { issueToken(input: $input) { secret } }';
const CREATE = 'mutation($input: CreateUserInput!) { createUser(input: $input) { user { id } } }';
const UPDATE = 'mutation($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }';

/** What gives access to others, in the text and by a variable: the coordinate, and the operation for a user and a token. */
const DELEGATIONS: readonly [coordinate: string, text: string, input: (userId: string, tokenId: string) => object][] = [
  ['Mutation.issueToken', ISSUE, () => ({ name: 'x', scopes: ['USERS_READ'] })],
  [
    'Mutation.updateToken',
    'mutation($input: UpdateTokenInput!) { updateToken(input: $input) { token { id } } }',
    (_, id) => ({ id, name: 'x' }),
  ],
  [
    'Mutation.resumeToken',
    'mutation($input: ResumeTokenInput!) { resumeToken(input: $input) { token { id } } }',
    (_, id) => ({ id }),
  ],
  [
    'Mutation.rotateToken',
    'mutation($input: RotateTokenInput!) { rotateToken(input: $input) { secret } }',
    (_, id) => ({ id }),
  ],
  [
    'Mutation.setPassword',
    'mutation($input: SetPasswordInput!) { setPassword(input: $input) { user { id } } }',
    (id) => ({ user: { id }, password: 'correct horse battery' }),
  ],
  ['CreateUserInput.password', CREATE, () => ({ username: 'limited-1', password: 'correct horse battery' })],
  ['CreateUserInput.role', CREATE, () => ({ username: 'limited-2', role: 'ADMIN' })],
  ['UpdateUserInput.role', UPDATE, (id) => ({ user: { id }, role: 'ADMIN' })],
];

const RESTRICTIONS: readonly [string, TokenRestrictions][] = [
  ['limits', { limits: { maxPointsPerChange: 5 } }],
  ['networks', { networks: ['127.0.0.0/8', '::/0'] }],
];

/** The operation was refused as a whole, for this coordinate alone. */
function expectDenied({ status, data, errors, headers }: TestResponse, coordinate: string) {
  expect({ status, data }).toEqual({ status: 403, data: undefined });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.extensions).toMatchObject({
    code: 'FORBIDDEN',
    reason: 'LIMITED_TOKEN',
    coordinate,
    missingScopes: [],
  });
  expect(errors?.[0]?.message).toContain('Use a token without limits, networks and documents');
  expect(headers.get('www-authenticate')).toContain('error="insufficient_scope"');
}

describe.for(RESTRICTIONS)('A token with %s', ([, restrictions]) => {
  it.for(DELEGATIONS)(
    'is denied %s up front, in variables and in the text',
    async ([coordinate, text, input], { server }) => {
      const token = await server.token(SCOPES, undefined, restrictions);
      const [user, other] = [await server.user(), await server.token(['users:read'])];
      const given = input(user.id, other.id);
      const [, type = ''] = /\$input: (\w+)/.exec(text) ?? [];
      const literal = text.replace(`($input: ${type}!)`, '').replace('$input', printed(given));
      const before = await server.database.query('select count(*)::int from audit_events');
      for (const response of [await server.send(token, text, { input: given }), await server.send(token, literal)]) {
        expectDenied(response, coordinate);
      }
      expect(await server.database.query('select count(*)::int from audit_events')).toEqual(before);
    },
  );

  it('creates and renames users, revokes tokens, and rotates itself, in its text and by a variable', async ({
    server,
  }) => {
    const token = await server.token(SCOPES, undefined, restrictions);
    const [user, other] = [await server.user(), await server.token(['users:read'])];
    const name = `made-${user.username}`;
    const allowed = [
      await server.send(token, CREATE, { input: { username: name, password: null, role: 'USER' } }),
      await server.send(token, UPDATE, { input: { user: { id: user.id }, username: `${name}-2`, role: 'USER' } }),
      await server.send(token, 'mutation($id: ID!) { revokeToken(input: { id: $id }) { token { id } } }', {
        id: other.id,
      }),
    ];
    for (const { status, errors } of allowed) expect({ status, errors }).toEqual({ status: 200, errors: undefined });
    const first = await server.send(token, RotateTokenDocument, { id: token.id.toUpperCase() });
    expect(first.errors).toBeUndefined();
    const next = first.data.rotateToken;
    const second = await server.send(
      next.secret,
      `mutation { rotateToken(input: { id: "${next.token.id}" }) { secret } }`,
    );
    expect(second.errors).toBeUndefined();
    expect((await server.send(second.data.rotateToken.secret, RevokeCurrentTokenDocument)).errors).toBeUndefined();
  });
});

describe('A token with documents', () => {
  it.for(DELEGATIONS)('is denied %s up front, in one of these', async ([coordinate, text, input], { server }) => {
    const token = await server.token(SCOPES, undefined, { documents: [text] });
    const [user, other] = [await server.user(), await server.token(['users:read'])];
    expectDenied(await server.send(token, text, { input: input(user.id, other.id) }), coordinate);
  });
});

describe('A token that changes while its operation runs', () => {
  /** Sends an operation that waits for its own user, changes the token meanwhile, and lets the operation continue. */
  async function sendWhile(server: TestServer, { text, input, change }: Waiting) {
    const token = await server.token(SCOPES);
    const held = await hold(server, `with changed as (${change}) select 1 from users where id = $2 for update`, [
      token.id,
      token.owner.id,
    ]);
    const response = server.send(token, text, { input });
    await held.reached();
    await held.commit();
    return (await response).errors?.[0]?.extensions;
  }
  interface Waiting {
    readonly text: string;
    readonly input: object;
    readonly change: string;
  }
  const LIMIT = 'update tokens set max_points_per_change = 5 where id = $1';

  it.for([
    ['CreateUserInput.password', { username: 'late-1', password: 'correct horse battery' }],
    ['CreateUserInput.role', { username: 'late-2', role: 'ADMIN' }],
  ] as const)('is denied %s under the lock once it is limited', async ([coordinate, input], { server }) => {
    expect(await sendWhile(server, { text: CREATE, input, change: LIMIT })).toEqual({
      code: 'FORBIDDEN',
      reason: 'LIMITED_TOKEN',
      coordinate,
      requiredScopes: ['USERS_WRITE'],
      missingScopes: [],
    });
    expect(await server.database.query('select 1 from users where username = $1', [input.username])).toEqual([]);
  });

  it('creates a user without access all the same', async ({ server }) => {
    expect(await sendWhile(server, { text: CREATE, input: { username: 'late-3' }, change: LIMIT })).toBeUndefined();
  });

  it('is asked to retry where its networks were changed, and changes nothing', async ({ server }) => {
    const change = `update tokens set networks = '{10.0.0.0/8}' where id = $1`;
    expect(await sendWhile(server, { text: CREATE, input: { username: 'late-4' }, change })).toEqual({
      code: 'OVERLOADED',
      retryAfterSeconds: 1,
    });
    expect(await server.database.query(`select 1 from users where username = 'late-4'`)).toEqual([]);
  });

  it('is denied the fields that follow the one during which it was limited', async ({ server }) => {
    const [token, { id }] = [await server.token(SCOPES), await server.user()];
    await server.database.query(`
      create function limit_token() returns trigger language plpgsql as $$
        begin update tokens set max_points_per_change = 5 where id = '${token.id}'; return new; end $$;
      create trigger limit_token after update on users for each row execute function limit_token()`);
    try {
      const { status, data, errors } = await server.send(
        token,
        `mutation { a: updateUser(input: { user: { id: "${id}" }, username: "renamed-1" }) { user { id } }
          b: createUser(input: { username: "raised-1", password: "correct horse battery" }) { user { id } } }`,
      );
      expect({ status, data }).toEqual({ status: 200, data: { a: { user: { id } }, b: null } });
      expect(errors).toMatchObject([
        { path: ['b'], extensions: { reason: 'LIMITED_TOKEN', coordinate: 'CreateUserInput.password' } },
      ]);
    } finally {
      await server.database.query('drop trigger limit_token on users; drop function limit_token');
    }
  });
});

/** A value as a literal of GraphQL: names of enum values are in capitals. */
function printed(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printed).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([name, inner]) => `${name}: ${printed(inner)}`)
      .join(', ')} }`;
  }
  return /^[A-Z_]+$/.test(String(value)) ? String(value) : JSON.stringify(value);
}
