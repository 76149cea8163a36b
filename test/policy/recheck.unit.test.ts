import { makeExecutableSchema } from '@graphql-tools/schema';
import { graphql } from 'graphql';
import { describe, expect, it } from 'vitest';
import { type AuthorizedContext, compilePolicy } from '../../src/policy/policy.js';

interface Context extends AuthorizedContext {
  scopes: string[];
  mayDelegate: boolean;
}

/** A mutation of one scope; `after` says what the caller holds after each time that they were verified again. */
function createSample(after: readonly string[][] = [], mayDelegateAfter = true) {
  const log: string[] = [];
  const schema = makeExecutableSchema({
    typeDefs: `
      directive @auth(scope: [Scope!], owner: String, kind: CredentialKind) on FIELD_DEFINITION | OBJECT | INTERFACE
      directive @public on FIELD_DEFINITION | OBJECT | INTERFACE
      enum CredentialKind { APP USER }
      enum Scope { WRITE READ }
      type Query { read: Int @auth(scope: READ) }
      type Mutation { write(n: Int!): Int @auth(scope: WRITE)  ping: Int @public }
    `,
    resolvers: {
      Query: { read: () => 1 },
      Mutation: {
        write: (_source: unknown, { n }: { n: number }) => {
          log.push(`write ${n}`);
          return n;
        },
        ping: () => 0,
      },
    },
  });
  const rest = [...after];
  const policy = compilePolicy<Context>(schema, {
    caller: ({ scopes, mayDelegate }) => ({ kind: 'APP', scopes, name: 'the app', mayDelegate }),
    scopeLabel: (name) => name,
    owners: {},
    delegations: { 'Mutation.write': (given) => (given as { n: number }).n > 2 },
    onInternalError: () => {},
    recheck: async (context) => {
      log.push('recheck');
      context.scopes = rest.shift() ?? context.scopes;
      context.mayDelegate = mayDelegateAfter;
    },
  });
  const run = async (source: string) => {
    const contextValue = { scopes: ['WRITE', 'READ'], mayDelegate: true };
    return await graphql({ schema: policy.schema, source, contextValue });
  };
  return { run, log };
}

describe('A caller is verified again', () => {
  it('never for a single field, nor for a query', async () => {
    const { run, log } = createSample();
    await run('mutation { write(n: 1) }');
    await run('{ a: read b: read }');
    expect(log).toEqual(['write 1']);
  });

  it('once before each root field of a mutation but the first', async () => {
    const { run, log } = createSample();
    await run('mutation { a: write(n: 1) b: write(n: 2) c: write(n: 3) }');
    expect(log).toEqual(['write 1', 'recheck', 'write 2', 'recheck', 'write 3']);
  });

  it('and denied the fields that follow where they lost a scope, each by its own denial where it has one', async () => {
    const { run, log } = createSample([['READ']]);
    const { data, errors } = await run('mutation { a: ping b: write(n: 2) c: ping }');
    expect({ ...data }).toEqual({ a: 0, b: null, c: null });
    expect(errors?.map(({ path, extensions }) => [path?.[0], extensions['code'], extensions['coordinate']])).toEqual([
      ['b', 'FORBIDDEN', 'Mutation.write'],
      ['c', 'FORBIDDEN', 'Mutation.write'],
    ]);
    expect(log).not.toContain('write 2');
  });

  it('and denied the fields that follow where they may no longer give access to others', async () => {
    const { run, log } = createSample([], false);
    const { data, errors } = await run('mutation { a: write(n: 3) b: write(n: 2) c: write(n: 4) }');
    expect({ ...data }).toEqual({ a: 3, b: null, c: null });
    expect(errors?.map(({ extensions }) => extensions['reason'])).toEqual(['LIMITED_TOKEN', 'LIMITED_TOKEN']);
    expect(log).toEqual(['write 3', 'recheck', 'recheck']);
  });
});
