import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { app, createSample, deniedCoordinates } from './sample.js';

const extension = `
  input IssueInput { scopes: [Scope!]  role: Role = PLAIN }
  enum Role { PLAIN CHIEF }
  extend type Mutation { issue(input: IssueInput!): Int @auth(scope: TOKENS_WRITE) }
`;
const grants = {
  'IssueInput.scopes': (scope: unknown) => [String(scope)],
  'IssueInput.role': (role: unknown) => (role === 'CHIEF' ? ['ADMIN', 'TOKENS_WRITE'] : []),
};
// The code calls scopes and roles by other names than the schema; the policy works on the schema's names.
const resolvers = { Scope: { POSTS_READ: 'posts:read', ADMIN: 'admin' }, Role: { CHIEF: 99 } };

describe('A caller who grants scopes', () => {
  const { ask } = createSample({ extension, grants, resolvers });

  it.each([
    ['a literal', 'mutation { issue(input: { scopes: [POSTS_READ, ADMIN] }) }', {}],
    ['a literal that is no list', 'mutation { issue(input: { scopes: ADMIN }) }', {}],
    ['a whole variable', 'mutation($i: IssueInput!) { issue(input: $i) }', { i: { scopes: ['ADMIN'] } }],
    ['a nested variable', 'mutation($s: [Scope!]) { issue(input: { scopes: $s }) }', { s: 'ADMIN' }],
    ['an item of a list', 'mutation($s: Scope!) { issue(input: { scopes: [POSTS_READ, $s] }) }', { s: 'ADMIN' }],
    [
      'the second of two selections',
      'mutation { a: issue(input: { scopes: POSTS_READ }) b: issue(input: { scopes: ADMIN }) }',
      {},
    ],
  ])('needs them, in %s', async (_, source, variables) => {
    const less = await ask(source, app('TOKENS_WRITE', 'POSTS_READ'), { variables });
    expect(less.decision).toMatchObject({ denials: [{ coordinate: 'IssueInput.scopes', missingScopes: ['ADMIN'] }] });
    expect(deniedCoordinates(await ask(source, app('TOKENS_WRITE', 'POSTS_READ', 'ADMIN'), { variables }))).toEqual([]);
  });

  it('gets all missing scopes in one denial', async () => {
    const source =
      'mutation($s: [Scope!]) { a: issue(input: { scopes: [USERS_READ, ADMIN] }) b: issue(input: { scopes: $s }) }';
    const { decision } = await ask(source, app('TOKENS_WRITE'), { variables: { s: ['POSTS_READ', 'POSTS_DRAFT'] } });
    expect(decision).toMatchObject({
      requiredScopes: ['USERS_READ', 'POSTS_READ', 'POSTS_DRAFT', 'TOKENS_WRITE', 'ADMIN'],
      denials: [{ missingScopes: ['USERS_READ', 'POSTS_READ', 'POSTS_DRAFT', 'ADMIN'], locations: [{}, {}] }],
    });
  });

  it.each([
    ['a role that has them', 'mutation { issue(input: { role: CHIEF }) }', ['IssueInput.role']],
    ['a role that has none', 'mutation { issue(input: { role: PLAIN }) }', []],
    ['no role, whose default has none', 'mutation { issue(input: {}) }', []],
  ])('needs them for %s', async (_, source, coordinates) => {
    expect(deniedCoordinates(await ask(source, app('TOKENS_WRITE')))).toEqual(coordinates);
  });

  it('needs them also in an execution without a decision beforehand', async () => {
    const { policy, calls } = createSample({ extension, grants, resolvers });
    const run = (i: object) =>
      execute({
        schema: policy.schema,
        document: parse('mutation($i: IssueInput!) { issue(input: $i) }'),
        variableValues: { i },
        contextValue: app('TOKENS_WRITE', 'POSTS_READ'),
      });
    expect((await run({ scopes: ['POSTS_READ'] })).errors).toBeUndefined();
    expect((await run({ scopes: ['ADMIN'] })).errors).toMatchObject([
      { extensions: { coordinate: 'IssueInput.scopes' } },
    ]);
    expect((await run({ role: 'CHIEF' })).errors).toMatchObject([{ extensions: { coordinate: 'IssueInput.role' } }]);
    expect(calls).toEqual([]);
  });
});
