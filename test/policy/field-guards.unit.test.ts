import { execute, type GraphQLResolveInfo, graphql, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, app, type Context, createSample, deniedCoordinates, responseOf, user } from './sample.js';

describe('The guard of a field', () => {
  it("shows users their own values among others', with one error for all others", async () => {
    const { ask, calls } = createSample();
    const response = responseOf(await ask('{ all: members { id p: points } }', user('bob')));
    expect(response).toEqual({
      data: {
        all: [
          { id: 'ada', p: null },
          { id: 'bob', p: 7 },
          { id: 'eve', p: null },
        ],
      },
      errors: [{ path: 'all.0.p', coordinate: 'Member.points' }],
    });
    expect(calls).toEqual(['members', 'Member.id ada,bob,eve']);
  });

  it('looks up no owner for a caller who holds the scopes', async () => {
    const { ask, calls } = createSample();
    const response = responseOf(await ask('{ members { points } }', user('bob', 'POINTS_READ')));
    expect(response.errors).toEqual([]);
    expect(calls).toEqual(['members']);
  });

  it('is not reached by an app token, which owns nothing: its operation is denied', async () => {
    const { ask, calls } = createSample();
    expect(deniedCoordinates(await ask('{ members { points } }', app()))).toEqual(['Member.points']);
    expect(deniedCoordinates(await ask('{ members { points } }', anonymous()))).toEqual(['Member.points']);
    expect(calls).toEqual([]);
  });

  it('reports one error for each selection of a field', async () => {
    const { ask } = createSample();
    const response = responseOf(await ask('{ a: members { points } b: members { x: points y: points } }', user('eve')));
    expect(response.errors.map(({ path }) => path).sort()).toEqual(['a.0.points', 'b.0.x', 'b.0.y']);
  });

  it('propagates null where the type is non-null, with the same error object', async () => {
    const { ask } = createSample();
    const { result } = await ask('{ members { id pin } }', user('bob'));
    expect(result?.data).toEqual({ members: [null, { id: 'bob', pin: '1234' }, null] });
    expect([...new Set(result?.errors)]).toMatchObject([{ path: ['members', 0, 'pin'] }]);
  });

  it('makes a list null whose items are non-null', async () => {
    const { ask } = createSample();
    expect(responseOf(await ask('{ ping sureHits { __typename } }', app()))).toEqual({
      data: { ping: 'pong', sureHits: null },
      errors: [{ path: 'sureHits.1', coordinate: 'Query.sureHits' }],
    });
  });

  it('denies the result of a mutation where its type is known only then, with a path in the error', async () => {
    const extension = 'extend type Mutation { make(kind: String): Hit @public }';
    const resolvers = { Mutation: { make: (_: unknown, { kind }: { kind: string }) => ({ id: '1', [kind]: 'x' }) } };
    const { ask } = createSample({ extension, resolvers });
    const response = responseOf(await ask('mutation { make(kind: "name") { __typename } }', app()));
    expect(response).toEqual({ data: { make: null }, errors: [{ path: 'make', coordinate: 'Mutation.make' }] });
  });

  it('is not reached where every type of a union would be denied: the operation is denied', async () => {
    const extension =
      'type Safe @auth(scope: ADMIN) { x: Int } union Vault = User | Safe extend type Mutation { open: Vault @public }';
    const { ask } = createSample({ extension });
    const { decision } = await ask('mutation { open { __typename } }', app());
    expect(decision).toMatchObject({ denials: [{ coordinate: 'Mutation.open', missingScopes: ['USERS_READ'] }] });
    expect((await ask('mutation { open { __typename } }', app('ADMIN'))).decision).toEqual({ kind: 'ALLOWED' });
  });

  it('checks fields below an object of uncertain type too', async () => {
    const { ask } = createSample();
    const source = '{ hits { ... on User { posts { draft } } ... on Post { id } } }';
    expect(responseOf(await ask(source, app('USERS_READ'))).data).toMatchObject({
      hits: [{ posts: null }, { id: 'p1' }, null, {}, {}],
    });
  });

  it('does not replace the decision on a selection that is certain, where another is not', async () => {
    const { ask } = createSample();
    const fragment = 'fragment F on User { email }';
    expect(deniedCoordinates(await ask(`{ hits { ...F } me { ...F } } ${fragment}`, app('USERS_READ')))).toEqual([
      'User.email',
    ]);
    expect(deniedCoordinates(await ask(`{ hits { ...F } } ${fragment}`, app('USERS_READ')))).toEqual([]);
    const below = 'query { hits { ... on User { posts { ...D } } } posts { ...D } } fragment D on Post { draft }';
    expect(deniedCoordinates(await ask(below, app('USERS_READ')))).toEqual(['Post.draft']);
  });

  it('does not treat an app token as the owner of an object in a union', async () => {
    const extension = 'union Being = Member | Post extend type Query { beings: [Being] @public }';
    const resolvers = {
      Being: { __resolveType: () => 'Member' },
      Query: { beings: () => [{ id: 'ada', points: 7 }] },
    };
    const { ask, calls } = createSample({ extension, resolvers });
    const source = '{ beings { ... on Member { points } } }';
    expect(responseOf(await ask(source, app())).data).toEqual({ beings: [{ points: null }] });
    expect(calls).toEqual([]);
    expect(responseOf(await ask(source, user('ada'))).data).toEqual({ beings: [{ points: 7 }] });
  });

  it('checks the type of an object that is a promise in a list in a list', async () => {
    const extension = 'extend type Query { grid: [[Hit]] @public }';
    const rows = [[Promise.resolve({ id: 'p1' })], Promise.resolve([{ id: 'u1', name: 'Ada' }, { id: 'p2' }]), null];
    const { ask } = createSample({ extension, resolvers: { Query: { grid: () => Promise.resolve(rows) } } });
    expect(responseOf(await ask('{ grid { ... on Node { id } } }', app()))).toEqual({
      data: { grid: [[{ id: 'p1' }], [null, { id: 'p2' }], null] },
      errors: [{ path: 'grid.1.0', coordinate: 'Query.grid' }],
    });
  });

  it('denies an object whose type resolves differently the second time', async () => {
    let asked = 0;
    const { ask } = createSample({
      resolvers: {
        Hit: { __resolveType: () => (asked++ === 0 ? 'Post' : 'User') },
        Query: { hits: () => [{ id: 'u1', name: 'Ada' }] },
      },
    });
    expect(responseOf(await ask('{ hits { ... on Node { id } } }', app()))).toEqual({
      data: { hits: [null] },
      errors: [{ path: 'hits.0', coordinate: 'Query.hits' }],
    });
  });

  it('reads the owner by the resolver of its field, whose own guard does not apply', async () => {
    const extension = `
      type Purse @public { holder: ID @auth(scope: ADMIN)  coins: Int @auth(scope: POINTS_READ, owner: "holder") }
      extend type Query { purse: Purse @public }
    `;
    const resolvers = {
      Query: { purse: () => ({ row: 'ada', coins: 3 }) },
      Purse: { holder: async (purse: { row: string }) => purse.row },
    };
    const owners = { 'Purse.holder': (ids: readonly unknown[]) => ids.map((id) => id === 'ada') };
    const { ask } = createSample({ extension, resolvers, owners });
    expect(responseOf(await ask('{ purse { coins } }', user('ada'))).data).toEqual({ purse: { coins: 3 } });
    expect(deniedCoordinates(await ask('{ purse { holder } }', user('ada')))).toEqual(['Purse.holder']);
  });
});

describe('An execution without a decision', () => {
  const source = 'query($by: MemberBy) { member(by: $by) { id } }';
  const variables = (id: string) => ({ by: { id } });

  it('is decided on when its first field resolves', async () => {
    const { policy } = createSample();
    const run = (id: string) =>
      graphql({
        schema: policy.schema,
        source,
        variableValues: variables(id),
        contextValue: user('ada'),
      });
    expect((await run('ada')).data).toEqual({ member: { id: 'ada' } });
    expect(await run('bob')).toMatchObject({
      data: { member: null },
      errors: [{ extensions: { coordinate: 'Query.member' } }],
    });
  });

  it.each([
    ['other variables', { variableValues: variables('bob') }],
    ['another operation', { document: parse('{ member(by: { id: "bob" }) { id } }') }],
    ['another context', { contextValue: user('bob') }],
  ])('is not covered by a decision for %s', async (_, change) => {
    const { policy } = createSample();
    const document = parse(source);
    const contextValue = user('ada');
    const decided = { schema: policy.schema, document, contextValue, variableValues: variables('ada') };
    expect(await policy.decide({ document, variables: variables('ada'), context: contextValue })).toEqual({
      kind: 'ALLOWED',
    });
    expect((await execute(decided)).data).toEqual({ member: { id: 'ada' } });
    expect((await execute({ ...decided, ...change })).data).toEqual({ member: null });
  });

  it('is not covered by a decision for a caller that the context no longer has', async () => {
    const { policy } = createSample();
    const document = parse('{ admin }');
    const context = app('ADMIN');
    expect(await policy.decide({ document, context })).toEqual({ kind: 'ALLOWED' });
    context.caller = app().caller;
    expect(await execute({ schema: policy.schema, document, contextValue: context })).toMatchObject({ data: null });
  });

  it('is not covered by a decision for other fragments or other conditions', async () => {
    const { policy } = createSample();
    const document = parse('query($s: Boolean = true) { ping ...F } fragment F on Query { admin @skip(if: $s) }');
    const context = app();
    const run = (changed = document, variableValues = {}) =>
      execute({ schema: policy.schema, document: changed, contextValue: context, variableValues });
    expect(await policy.decide({ document, context })).toEqual({ kind: 'ALLOWED' });
    expect((await run()).data).toEqual({ ping: 'pong' });
    expect(await run(document, { s: false })).toMatchObject({ data: null });
    const [operation] = document.definitions;
    const [fragment] = parse('fragment F on Query { admin }').definitions;
    if (!operation || !fragment) throw new Error('The documents have definitions.');
    expect(await run({ ...document, definitions: [operation, fragment] })).toMatchObject({ data: null });
  });

  it('is not covered by a decision for the context of which its own is a copy', async () => {
    const asked: unknown[] = [];
    const owners = {
      MemberBy: (values: readonly unknown[], context: Context) => {
        asked.push(context);
        return values.map(() => true);
      },
    };
    const { policy } = createSample({ owners });
    const document = parse('{ member { id } }');
    const context = user('ada');
    expect(policy.decide({ document, context })).toEqual({ kind: 'ALLOWED' });
    const contexts = [context, { ...context }, Object.create(context) as Context];
    for (const contextValue of contexts) await execute({ schema: policy.schema, document, contextValue });
    expect(asked).toHaveLength(3);
    for (const [index, one] of contexts.entries()) expect(asked[index]).toBe(one);
  });

  it('is identified by its context too, in case an executor shares everything else', async () => {
    const { policy } = createSample();
    const document = parse('{ admin }');
    const infos: GraphQLResolveInfo[] = [];
    const { admin } = policy.schema.getQueryType()?.getFields() ?? {};
    const guarded = admin?.resolve;
    if (!admin || !guarded) throw new Error('The root field is guarded.');
    admin.resolve = (source, args, context, info) => {
      infos.push(info);
      return guarded(source, args, context, info);
    };
    expect((await execute({ schema: policy.schema, document, contextValue: app('ADMIN') })).data).toEqual({
      admin: 'ADMIN',
    });
    const [info] = infos;
    if (!info) throw new Error('The field was resolved.');
    expect(() => guarded(undefined, {}, app(), info)).toThrow(/Query\.admin requires/);
  });

  it('runs no resolver for variables that cannot be coerced, which execution reports', async () => {
    const { ask, calls } = createSample();
    const source = 'mutation($by: MemberBy!) { tick spend(by: $by) }';
    const { decision, result } = await ask(source, user('ada'), { variables: { by: 5 } });
    expect(decision).toEqual({ kind: 'ALLOWED' });
    expect(result?.data).toBeUndefined();
    expect(result?.errors?.[0]?.message).toMatch(/invalid value/);
    expect(calls).toEqual([]);
  });
});
