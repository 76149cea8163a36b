import { setImmediate } from 'node:timers/promises';
import { makeExecutableSchema } from '@graphql-tools/schema';
import {
  type GraphQLField,
  type GraphQLOutputType,
  getNamedType,
  getOperationAST,
  isAbstractType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
  parse,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSchema } from '../../src/graphql/build-schema.js';
import { createCompiledQueries } from '../../src/graphql/compiled-queries.js';
import type { Context } from '../../src/graphql/context.js';
import { type IssuedToken, type LoggedIn, startServer, type TestServer } from '../server.js';

/** More often than a query has to come before it is compiled. */
const OFTEN = 60;

// Loaded beforehand, so that what is compiled is there at the next turn.
beforeAll(() => import('graphql-jit'));

const schema = buildSchema();
const fields = Object.values(schema.getQueryType()?.getFields() ?? {});

describe('A query that comes often', () => {
  let server: TestServer;
  let everything: IssuedToken;
  let session: LoggedIn;
  let postId: string;
  beforeAll(async () => {
    server = await startServer();
    everything = await server.everything();
    session = await server.session();
    postId = (await server.post(session.user)).id;
    for (const user of [session.user, await server.user()]) {
      await server.send(
        everything,
        `mutation ($user: UserBy!) {
          addPoints(input: { user: $user, points: 5 }) { entry { id } }
          spendPoints(input: { user: $user, points: 2 }) { entry { id } }
        }`,
        { user: { id: user.id } },
      );
    }
  });
  afterAll(() => server.close());

  const args: Readonly<Record<string, () => string>> = {
    user: () => `(by: { id: "${session.user.id}" })`,
    post: () => `(id: "${postId}")`,
    token: () => `(id: "${everything.id}")`,
    requiredScopes: () => '(document: "{ viewer { user { points } } }")',
  };

  it.each(fields.map((field) => [field.name, field] as const))(
    'gets of %s what it got at first',
    async (name, field) => {
      const query = `{ ${name}${args[name]?.() ?? ''} ${selectionOf(field.type, 2)} }`;
      for (const caller of [everything, session]) {
        const first = await server.send(caller, query);
        for (let run = 2; run < OFTEN; run++) await server.send(caller, query);
        const last = await server.send(caller, query);
        expect({ data: last.data, errors: last.errors }).toEqual({ data: first.data, errors: first.errors });
        if (caller === everything) expect(first.errors).toBeUndefined();
      }
    },
  );
});

describe('A compiled query', () => {
  const typeDefs = `
    type Query { echo(input: Input): Int  fails: Int  later: Int }
    input Input @oneOf { one: Int  other: Int }`;
  const resolvers = {
    Query: {
      echo: (_source: unknown, { input }: { input: { one?: number } }) => input.one,
      fails: () => Promise.reject(new Error('on purpose')),
      later: async () => 7,
    },
  };
  const run = createCompiledQueries(makeExecutableSchema({ typeDefs, resolvers }));
  const ask = async (query: string, variables: Record<string, unknown> = {}) => {
    const document = parse(query);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('There is no operation.');
    const answers = [];
    // No resolver looks at the context.
    for (let count = 0; count < OFTEN; count++) {
      answers.push(await run({ document, operation, variables, context: {} as Context }));
      await setImmediate();
    }
    return { first: answers[0], last: answers.at(-1) };
  };

  it('answers from a certain time on, and leaves to the interpreter what came before', async () => {
    expect(await ask('{ later }')).toEqual({ first: undefined, last: { later: 7 } });
  });

  it('leaves every error to the interpreter', async () => {
    expect(await ask('{ later fails }')).toEqual({ first: undefined, last: undefined });
  });

  it('leaves to the interpreter what is wrong with variables, two values of which one is allowed included', async () => {
    const query = 'query ($input: Input) { echo(input: $input) }';
    expect((await ask(query, { input: { one: 1 } })).last).toEqual({ echo: 1 });
    expect((await ask(query, { input: { one: 1, other: 2 } })).last).toBeUndefined();
    expect((await ask(query, { input: { one: 'many' } })).last).toBeUndefined();
  });
});

const CHANGES_BY_ITSELF: ReadonlySet<string> = new Set(['lastUsedAt']);

/** Everything that a value of the type has, so many objects deep, and of each list two items. */
function selectionOf(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (isAbstractType(named)) {
    const kinds = schema.getPossibleTypes(named).map((kind) => `... on ${kind.name} ${selectionOf(kind, depth)}`);
    return `{ __typename ${kinds.join(' ')} }`;
  }
  if (!isObjectType(named)) return '';
  const parts = Object.values(named.getFields()).flatMap((field) => partOf(field, depth));
  return `{ __typename ${parts.join(' ')} }`;
}

function partOf(field: GraphQLField<unknown, unknown>, depth: number): string[] {
  if (field.args.some(isRequiredArgument) || CHANGES_BY_ITSELF.has(field.name)) return [];
  if (depth === 0 && !isLeafType(getNamedType(field.type))) return [];
  const page = field.args.some(({ name }) => name === 'first') ? '(first: 2)' : '';
  return [`${field.name}${page} ${selectionOf(field.type, depth - 1)}`];
}
