import { execute, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { app, createSample, deniedCoordinates, limited } from './sample.js';

const extension = `
  input HireInput { name: String  role: Rank = PLAIN  notes: [HireInput!] }
  enum Rank { PLAIN CHIEF }
  extend type Mutation {
    issue(scopes: [Scope!]): Int @auth(scope: TOKENS_WRITE)
    renew(id: ID!): Int @auth(scope: TOKENS_WRITE)
    hire(input: HireInput!): Int @auth(scope: ADMIN)
  }
`;
const delegations = {
  'Mutation.issue': () => true,
  'Mutation.renew': (given: unknown) => given !== undefined && (given as { id: string }).id !== 'own',
  'HireInput.role': (role: unknown) => role === 'CHIEF',
};
// The code calls roles by other names than the schema; a delegation sees the schema's names.
const resolvers = { Rank: { CHIEF: 99 } };

describe('A caller who may not delegate', () => {
  const { ask, policy, calls } = createSample({ extension, delegations, resolvers });
  const denied = async (source: string, variables = {}) =>
    deniedCoordinates(await ask(source, limited('TOKENS_WRITE', 'ADMIN'), { variables }));

  it('is denied a field that always gives access to others, whatever the scopes, and is told so', async () => {
    const { decision } = await ask('mutation { issue tick }', limited('TOKENS_WRITE', 'ADMIN'));
    expect(decision).toEqual({
      kind: 'DENIED',
      anonymous: false,
      requiredScopes: ['TOKENS_WRITE'],
      denials: [
        {
          coordinate: 'Mutation.issue',
          code: 'FORBIDDEN',
          reason: 'LIMITED_TOKEN',
          message: 'Mutation.issue gives access to others, which the app token "shop" may not: it is limited.',
          locations: [{ line: 1, column: 12 }],
          requiredScopes: ['TOKENS_WRITE'],
          missingScopes: [],
        },
      ],
    });
    expect(calls).toEqual([]);
  });

  it.each([
    ['a literal', 'mutation { hire(input: { role: CHIEF }) }', {}],
    ['a variable', 'mutation($r: Rank) { hire(input: { role: $r }) }', { r: 'CHIEF' }],
    ['the default of a variable', 'mutation($r: Rank = CHIEF) { hire(input: { role: $r }) }', {}],
    ['a whole variable', 'mutation($i: HireInput!) { hire(input: $i) }', { i: { role: 'CHIEF' } }],
    ['a list', 'mutation($i: HireInput!) { hire(input: $i) }', { i: { notes: [{}, { role: 'CHIEF' }] } }],
    ['a single value for a list', 'mutation { hire(input: { notes: { role: CHIEF } }) }', {}],
    ['a fragment', 'mutation { ...F } fragment F on Mutation { hire(input: { role: CHIEF }) }', {}],
  ])('is denied a value of an input field that gives access to others, in %s', async (_, source, variables) => {
    expect(await denied(source, variables)).toEqual(['HireInput.role']);
  });

  it('is denied by the values of arguments, or allowed', async () => {
    expect(await denied('mutation { renew(id: "other") }')).toEqual(['Mutation.renew']);
    expect(await denied('mutation($id: ID!) { renew(id: $id) }', { id: 'other' })).toEqual(['Mutation.renew']);
    expect(await denied('mutation($id: ID!) { renew(id: $id) }', { id: 'own' })).toEqual([]);
    expect(await denied('mutation { hire(input: { role: PLAIN }) }')).toEqual([]);
    expect(await denied('mutation { hire(input: {}) }')).toEqual([]);
  });

  it('is denied each coordinate once, also where a scope of it is missing', async () => {
    const source = 'mutation { a: issue b: issue hire(input: { role: CHIEF }) }';
    const { decision } = await ask(source, limited('TOKENS_WRITE'));
    expect(decision).toMatchObject({
      denials: [
        { coordinate: 'Mutation.issue', reason: 'LIMITED_TOKEN', locations: [{}, {}] },
        { coordinate: 'Mutation.hire', missingScopes: ['ADMIN'] },
        { coordinate: 'HireInput.role', reason: 'LIMITED_TOKEN', missingScopes: [] },
      ],
    });
    const { decision: lacking } = await ask('mutation { issue }', limited());
    expect(lacking).toMatchObject({ denials: [{ reason: 'LIMITED_TOKEN', missingScopes: [] }] });
  });

  it('is denied what @include selects only', async () => {
    const source = 'mutation($on: Boolean!) { tick issue @include(if: $on) }';
    expect(await denied(source, { on: true })).toEqual(['Mutation.issue']);
    expect(await denied(source, { on: false })).toEqual([]);
  });

  it('is denied a field also where the variables are invalid', async () => {
    expect(await denied('mutation($s: [Scope!]) { issue(scopes: $s) }', { s: 'NONE' })).toEqual(['Mutation.issue']);
  });

  it('is denied in an execution without a decision beforehand', async () => {
    const run = (r: string) =>
      execute({
        schema: policy.schema,
        document: parse('mutation($r: Rank) { hire(input: { role: $r }) }'),
        variableValues: { r },
        contextValue: limited('ADMIN'),
      });
    expect((await run('PLAIN')).errors).toBeUndefined();
    expect((await run('CHIEF')).errors).toMatchObject([{ extensions: { coordinate: 'HireInput.role' } }]);
  });

  it('is another one than the same caller who may', async () => {
    for (const caller of [app('TOKENS_WRITE'), limited('TOKENS_WRITE'), app('TOKENS_WRITE')]) {
      const isLimited = caller.caller.kind === 'APP' && caller.caller.mayDelegate === false;
      expect(deniedCoordinates(await ask('mutation { issue }', caller))).toEqual(isLimited ? ['Mutation.issue'] : []);
    }
  });

  it('cannot be told of a coordinate that the schema does not have', () => {
    expect(() => createSample({ delegations: { 'Mutation.none': () => true } })).toThrow(
      'Mutation.none has a delegation, but is neither a field nor an input field',
    );
  });
});
