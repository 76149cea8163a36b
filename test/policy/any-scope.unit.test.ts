import { makeExecutableSchema } from '@graphql-tools/schema';
import { execute, isObjectType, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type AuthorizedContext, type Caller, compilePolicy, diffPolicies } from '../../src/policy/policy.js';
import { DIRECTIVES } from './sample.js';

const SCHEMA = `
  ${DIRECTIVES}
  enum Scope { ADD SPEND MOVE READ }
  interface Named @auth(anyScope: [ADD, READ]) { name: String @public }
  type Shop implements Named @public { id: ID! @public  name: String @public  till: Int @auth(scope: [READ], anyScope: [ADD, SPEND], owner: "id") }
  input Change { add: Int @auth(scope: ADD)  spend: Int @auth(scope: SPEND)  note: String @auth(anyScope: [MOVE, SPEND]) }
  input By { id: ID }
  type Query @public {
    any: Int @auth(anyScope: [SPEND, ADD])
    both: Int @auth(scope: READ, anyScope: [ADD, SPEND])
    shop: Shop
    named: Named
    met: Int @auth(scope: ADD, anyScope: [ADD, SPEND])
    one: Int @auth(anyScope: [SPEND])
    own(by: By): Int @auth(anyScope: [ADD, SPEND], owner: "by")
  }
  type Mutation @public {
    change(change: Change): Int @auth(anyScope: [ADD, SPEND, MOVE])
    note(text: String @auth(anyScope: [MOVE, READ])): Int @auth(anyScope: [ADD, SPEND])
  }
`;

const schema = makeExecutableSchema({
  typeDefs: SCHEMA,
  resolvers: {
    Query: {
      any: () => 1,
      both: () => 1,
      met: () => 1,
      one: () => 1,
      own: () => 1,
      shop: () => ({ id: 'user', name: 'shop', till: 1 }),
      named: () => ({ id: 'user', name: 'shop' }),
    },
    Mutation: { change: () => 1, note: () => 1 },
    Named: { __resolveType: () => 'Shop' },
  },
});

const isOwn = (ids: readonly unknown[]) => ids.map((id) => id === 'user');

const policy = compilePolicy<AuthorizedContext & { caller: Caller }>(schema, {
  caller: ({ caller }) => caller,
  scopeLabel: (name) => name.toLowerCase(),
  owners: {
    By: (values) => values.map((value) => JSON.stringify(value) === '{"id":"user"}'),
    'Shop.id': isOwn,
  },
  onInternalError: (error) => {
    throw error;
  },
});

const app = (...scopes: string[]): Caller => ({ kind: 'APP', scopes, name: 'the app' });
const user = (...scopes: string[]): Caller => ({ kind: 'USER', userId: 'user', scopes, name: 'the user' });

async function decide(text: string, caller: Caller, variables = {}) {
  const decision = await policy.decide({ document: parse(text), variables, context: { caller } });
  if (decision.kind === 'ALLOWED') return 'ALLOWED';
  return decision.denials.map(({ coordinate, missingScopes, requiredAnyScopes = [] }) => ({
    [coordinate]: [missingScopes, requiredAnyScopes],
  }));
}

const denied = (coordinate: string, missing: string[], any: string[][]) => [{ [coordinate]: [missing, any] }];
const CHANGE = 'mutation($change: Change) { change(change: $change) }';

describe('A rule with anyScope', () => {
  it.each([
    ['{ any }', app('add'), 'ALLOWED'],
    ['{ any }', app('spend'), 'ALLOWED'],
    ['{ any }', app('read', 'move'), denied('Query.any', [], [['ADD', 'SPEND']])],
    ['{ any }', app(), denied('Query.any', [], [['ADD', 'SPEND']])],
    ['{ any }', { kind: 'ANONYMOUS' } as const, denied('Query.any', [], [['ADD', 'SPEND']])],
    ['{ both }', app('read', 'spend'), 'ALLOWED'],
    ['{ both }', app('spend'), denied('Query.both', ['READ'], [])],
    ['{ both }', app('read'), denied('Query.both', [], [['ADD', 'SPEND']])],
    ['{ both }', app(), denied('Query.both', ['READ'], [['ADD', 'SPEND']])],
    ['{ met }', app('add'), 'ALLOWED'],
    ['{ met }', app('spend'), denied('Query.met', ['ADD'], [])],
    ['{ one }', app('add'), denied('Query.one', ['SPEND'], [])],
    ['{ shop { name } }', app('read'), 'ALLOWED'],
    ['{ shop { __typename } }', app('spend'), denied('Query.shop', [], [['ADD', 'READ']])],
    ['{ shop { till } }', app('read', 'add'), 'ALLOWED'],
    ['{ shop { till } }', app('add'), denied('Shop.till', ['READ'], [])],
    ['{ named { name } }', app('add'), 'ALLOWED'],
    ['{ named { __typename } }', app('spend'), denied('Query.named', [], [['ADD', 'READ']])],
  ] as const)('%s by %j: %j', async (text, caller, outcome) => {
    expect(await decide(text, caller)).toEqual(outcome);
  });

  it('stands beside another one: each must be met', async () => {
    const text = 'mutation { note(text: "a") }';
    expect(await decide(text, app('add', 'read'))).toBe('ALLOWED');
    expect(await decide(text, app('add'))).toEqual(denied('Mutation.note(text:)', [], [['MOVE', 'READ']]));
    expect(await decide(text, app('move'))).toEqual(denied('Mutation.note', [], [['ADD', 'SPEND']]));
    expect(await decide('mutation { note }', app('add'))).toBe('ALLOWED');
  });

  it.each([
    [{ add: 1 }, app('add'), 'ALLOWED'],
    [{ add: 1 }, app('move'), denied('Change.add', ['ADD'], [])],
    [{ add: null }, app('spend'), denied('Change.add', ['ADD'], [])],
    [{ spend: 1, note: 'a' }, app('spend'), 'ALLOWED'],
    [{ add: 1, note: 'a' }, app('add'), denied('Change.note', [], [['SPEND', 'MOVE']])],
    [{}, app('read'), denied('Mutation.change', [], [['ADD', 'SPEND', 'MOVE']])],
  ] as const)(
    'judges the input fields that are supplied, in a variable and in the text: %j',
    async (change, caller, outcome) => {
      expect(await decide(CHANGE, caller, { change })).toEqual(outcome);
      const literal = JSON.stringify(change).replace(/"(\w+)":/g, '$1:');
      expect(await decide(`mutation { change(change: ${literal}) }`, caller)).toEqual(outcome);
    },
  );

  it('spares the owner, as `scope` does', async () => {
    expect(await decide('{ own(by: { id: "user" }) }', user())).toBe('ALLOWED');
    expect(await decide('{ own(by: { id: "other" }) }', user())).toEqual(denied('Query.own', [], [['ADD', 'SPEND']]));
    expect(await decide('{ own(by: { id: "other" }) }', user('spend'))).toBe('ALLOWED');
    expect(await decide('{ own(by: { id: "user" }) }', app())).toEqual(denied('Query.own', [], [['ADD', 'SPEND']]));
    const run = async (caller: Caller) =>
      await execute({ schema: policy.schema, document: parse('{ shop { till } }'), contextValue: { caller } });
    expect((await run(user('read'))).data).toEqual({ shop: { till: 1 } });
    expect((await run(user())).errors?.[0]?.extensions).toMatchObject({ requiredAnyScopes: [['ADD', 'READ']] });
  });
});

async function denialsOf(text: string, caller: Caller) {
  const decision = await policy.decide({ document: parse(text), context: { caller } });
  return decision.kind === 'DENIED' ? decision : undefined;
}

describe('The denial of a choice', () => {
  it.each([
    ['{ any }', app(), 'Query.any requires one of `add` or `spend`, but the app lacks one of `add` or `spend`.'],
    [
      '{ both }',
      app('read'),
      'Query.both requires `read` and one of `add` or `spend`, but the app lacks one of `add` or `spend`.',
    ],
    ['{ both }', app('add'), 'Query.both requires `read` and one of `add` or `spend`, but the app lacks `read`.'],
    [
      '{ any }',
      { kind: 'ANONYMOUS' } as const,
      'Query.any requires a credential with one of `add` or `spend`, but none was sent.',
    ],
  ])('says of %s: one of', async (text, caller, message) => {
    expect((await denialsOf(text, caller))?.denials[0]?.message).toBe(message);
  });

  it.each([
    ['{ any }', ['ADD']],
    ['{ both }', ['ADD', 'READ']],
    ['{ met any }', ['ADD']],
    ['{ one any }', ['SPEND']],
    ['{ any named { name } }', ['ADD']],
    ['mutation { change(change: { note: "a" }) }', ['SPEND']],
  ])(
    'challenges for scopes that suffice, of a choice the first, unless another one meets it: %s',
    async (text, scopes) => {
      expect((await denialsOf(text, app()))?.requiredScopes).toEqual(scopes);
    },
  );
});

describe('What an operation requires', () => {
  const required = (text: string) => policy.requiredScopes(parse(text));

  it('lists the choices that no required scope meets', () => {
    expect(required('{ both any }')).toEqual({
      scopes: ['READ'],
      anyScopes: [['ADD', 'SPEND']],
      fields: [
        {
          coordinate: 'Query.both',
          scopes: ['READ'],
          anyScopes: [['ADD', 'SPEND']],
          ownerAllowed: false,
          public: false,
        },
        { coordinate: 'Query.any', scopes: [], anyScopes: [['ADD', 'SPEND']], ownerAllowed: false, public: false },
      ],
    });
    expect(required('{ met any }')).toMatchObject({ scopes: ['ADD'], anyScopes: [] });
    expect(required('mutation { change note }')).toMatchObject({ scopes: [], anyScopes: [['ADD', 'SPEND']] });
  });

  it('is what the descriptions and the matrix say', () => {
    const query = policy.schema.getQueryType();
    const description = (name: string) => (isObjectType(query) ? query.getFields()[name]?.description : undefined);
    expect(description('any')).toBe('Requires one of `add` or `spend`.');
    expect(description('both')).toBe('Requires `read` and one of `add` or `spend`.');
    expect(description('own')).toBe('Requires one of `add` or `spend`, unless the caller is the owner.');
    const rows = policy.matrix().split('\n');
    expect(rows).toContain('| `Query.both` | any | ◐ | ◐ |  | ● |');
    expect(rows).toContain('| `Query.own` | any | ◌ | ◌ |  |  |');
  });
});

describe('A policy that changes a choice', () => {
  const build = (rule: string) =>
    makeExecutableSchema({
      typeDefs: `${DIRECTIVES} enum Scope { ADD SPEND READ } type Query { a: Int @auth(${rule}) }`,
    });
  const compare = (before: string, after: string) => {
    const difference = diffPolicies({ before: build(before), after: build(after), scopeLabel: (name) => name });
    return [difference.looser.length, difference.tighter.length];
  };

  it.each([
    ['scope: ADD', 'anyScope: [ADD, SPEND]', [1, 0]],
    ['scope: [ADD, SPEND]', 'anyScope: [ADD, SPEND]', [1, 0]],
    ['anyScope: [ADD, SPEND]', 'anyScope: [ADD, SPEND, READ]', [1, 0]],
    ['anyScope: [ADD, SPEND]', 'anyScope: [ADD, READ]', [1, 1]],
    ['anyScope: [ADD, SPEND]', 'anyScope: [SPEND, ADD]', [0, 0]],
    ['anyScope: [ADD, SPEND]', 'scope: READ, anyScope: [ADD, SPEND]', [0, 1]],
    ['scope: ADD', 'scope: ADD, anyScope: [ADD, SPEND]', [0, 0]],
  ] as const)('from (%s) to (%s) is looser or tighter: %j', (before, after, counts) => {
    expect(compare(before, after)).toEqual(counts);
    expect(compare(after, before)).toEqual(counts.toReversed());
  });
});

describe('A schema', () => {
  const problems = (rule: string) => {
    try {
      compilePolicy(
        makeExecutableSchema({ typeDefs: `${DIRECTIVES} enum Scope { A B } type Query { a: Int @auth(${rule}) }` }),
        {
          caller: () => ({ kind: 'ANONYMOUS' }),
          scopeLabel: (name) => name,
          owners: {},
          onInternalError: () => {},
        },
      );
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : undefined;
    }
  };

  it.each([
    ['anyScope: []', 'Query.a has an empty list of scopes; leave `anyScope` out'],
    ['anyScope: [A, A]', 'Query.a names the scope A twice'],
    ['scope: A, anyScope: []', 'Query.a has an empty list of scopes; leave `anyScope` out'],
  ])('with (%s) does not build', (rule, problem) => {
    expect(problems(rule)).toContain(problem);
  });
});
