import { execute, type GraphQLResolveInfo, graphql, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../src/policy/policy.js';
import { anonymous, answer, app, createSample, refused, user } from './sample.js';

describe('On completion', () => {
  it("a user sees their own among others', and one error tells of all others", async () => {
    const { ask, calls } = createSample();
    const answered = answer(await ask('{ all: members { id p: points } }', user('bob')));
    expect(answered).toEqual({
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

  it('asks nothing for who holds the scopes', async () => {
    const { ask, calls } = createSample();
    const answered = answer(await ask('{ members { points } }', user('bob', 'POINTS_READ')));
    expect(answered.errors).toEqual([]);
    expect(calls).toEqual(['members']);
  });

  it('is no refuge for an app token, which owns nothing: its operation is refused as a whole', async () => {
    const { ask, calls } = createSample();
    expect(refused(await ask('{ members { points } }', app()))).toEqual(['Member.points']);
    expect(refused(await ask('{ members { points } }', anonymous()))).toEqual(['Member.points']);
    expect(calls).toEqual([]);
  });

  it('counts selections of one field apart, each with one error', async () => {
    const { ask } = createSample();
    const answered = answer(await ask('{ a: members { points } b: members { x: points y: points } }', user('eve')));
    expect(answered.errors.map(({ path }) => path).sort()).toEqual(['a.0.points', 'b.0.x', 'b.0.y']);
  });

  it('bubbles where null may not stand, with the very same error', async () => {
    const { ask } = createSample();
    const { result } = await ask('{ members { id pin } }', user('bob'));
    expect(result?.data).toEqual({ members: [null, { id: 'bob', pin: '1234' }, null] });
    expect([...new Set(result?.errors)]).toMatchObject([{ path: ['members', 0, 'pin'] }]);
  });

  it('makes a list null whose items may not be', async () => {
    const { ask } = createSample();
    expect(answer(await ask('{ ping sureHits { __typename } }', app()))).toEqual({
      data: { ping: 'pong', sureHits: null },
      errors: [{ path: 'sureHits.1', coordinate: 'Query.sureHits' }],
    });
  });

  it('judges a mutation whose result alone can tell after it ran, and says so by its path', async () => {
    const extension = 'extend type Mutation { make(kind: String): Hit @public }';
    const resolvers = { Mutation: { make: (_: unknown, { kind }: { kind: string }) => ({ id: '1', [kind]: 'x' }) } };
    const { ask } = createSample({ extension, resolvers });
    const answered = answer(await ask('mutation { make(kind: "name") { __typename } }', app()));
    expect(answered).toEqual({ data: { make: null }, errors: [{ path: 'make', coordinate: 'Mutation.make' }] });
  });

  it('has nothing left to judge where no type behind an interface could pass: that is refused beforehand', async () => {
    const extension =
      'type Safe @auth(scope: ADMIN) { x: Int } union Vault = User | Safe extend type Mutation { open: Vault @public }';
    const { ask } = createSample({ extension });
    const { verdict } = await ask('mutation { open { __typename } }', app());
    expect(verdict).toMatchObject({ denials: [{ coordinate: 'Mutation.open', missingScopes: ['USERS_READ'] }] });
    expect((await ask('mutation { open { __typename } }', app('ADMIN'))).verdict.allowed).toBe(true);
  });

  it('judges below an object of uncertain type as it judges the object', async () => {
    const { ask } = createSample();
    const source = '{ hits { ... on User { posts { draft } } ... on Post { id } } }';
    expect(answer(await ask(source, app('USERS_READ'))).data).toMatchObject({
      hits: [{ posts: null }, { id: 'p1' }, null, {}, {}],
    });
  });

  it('refuses what is certain in one place, though it is uncertain in another', async () => {
    const { ask } = createSample();
    const fragment = 'fragment F on User { email }';
    expect(refused(await ask(`{ hits { ...F } me { ...F } } ${fragment}`, app('USERS_READ')))).toEqual(['User.email']);
    expect(refused(await ask(`{ hits { ...F } } ${fragment}`, app('USERS_READ')))).toEqual([]);
    const below = 'query { hits { ... on User { posts { ...D } } } posts { ...D } } fragment D on Post { draft }';
    expect(refused(await ask(below, app('USERS_READ')))).toEqual(['Post.draft']);
  });

  it('gives an app token no owner behind an interface either', async () => {
    const extension = 'union Being = Member | Post extend type Query { beings: [Being] @public }';
    const resolvers = {
      Being: { __resolveType: () => 'Member' },
      Query: { beings: () => [{ id: 'ada', points: 7 }] },
    };
    const { ask, calls } = createSample({ extension, resolvers });
    const source = '{ beings { ... on Member { points } } }';
    expect(answer(await ask(source, app())).data).toEqual({ beings: [{ points: null }] });
    expect(calls).toEqual([]);
    expect(answer(await ask(source, user('ada'))).data).toEqual({ beings: [{ points: 7 }] });
  });

  it('looks at the type that an object has, also where it is a promise within a list within a list', async () => {
    const extension = 'extend type Query { grid: [[Hit]] @public }';
    const rows = [[Promise.resolve({ id: 'p1' })], Promise.resolve([{ id: 'u1', name: 'Ada' }, { id: 'p2' }]), null];
    const { ask } = createSample({ extension, resolvers: { Query: { grid: () => Promise.resolve(rows) } } });
    expect(answer(await ask('{ grid { ... on Node { id } } }', app()))).toEqual({
      data: { grid: [[{ id: 'p1' }], [null, { id: 'p2' }], null] },
      errors: [{ path: 'grid.1.0', coordinate: 'Query.grid' }],
    });
  });

  it('is not fooled by an object that shows another type the second time', async () => {
    let asked = 0;
    const { ask } = createSample({
      resolvers: {
        Hit: { __resolveType: () => (asked++ === 0 ? 'Post' : 'User') },
        Query: { hits: () => [{ id: 'u1', name: 'Ada' }] },
      },
    });
    expect(answer(await ask('{ hits { ... on Node { id } } }', app()))).toEqual({
      data: { hits: [null] },
      errors: [{ path: 'hits.0', coordinate: 'Query.hits' }],
    });
  });

  it('reads the owner as the schema resolves it, behind its own gate', async () => {
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
    expect(answer(await ask('{ purse { coins } }', user('ada'))).data).toEqual({ purse: { coins: 3 } });
    expect(refused(await ask('{ purse { holder } }', user('ada')))).toEqual(['Purse.holder']);
  });
});

describe('An execution without a judgement', () => {
  const source = 'query($by: MemberBy) { member(by: $by) { id } }';
  const variables = (id: string) => ({ by: { id } });

  it('is judged when its first field resolves', async () => {
    const { policy } = createSample();
    const run = (id: string) =>
      graphql({
        schema: policy.schema,
        source: source.replace('$by: MemberBy', '$by: MemberBy'),
        variableValues: variables(id),
        contextValue: user('ada', 'USERS_READ'),
      });
    expect((await run('ada')).data).toEqual({ member: { id: 'ada' } });
  });

  it.each([
    ['other variables', { variableValues: variables('bob') }],
    ['another operation', { document: parse('{ member(by: { id: "bob" }) { id } }') }],
    ['another context', { contextValue: user('bob') }],
  ])('is not covered by a judgement for %s', async (_, change) => {
    const { policy } = createSample();
    const document = parse(source);
    const contextValue = user('ada');
    const judged = { schema: policy.schema, document, contextValue, variableValues: variables('ada') };
    expect(await policy.judge({ document, variables: variables('ada'), context: contextValue })).toEqual({
      allowed: true,
    });
    expect((await execute(judged)).data).toEqual({ member: { id: 'ada' } });
    expect((await execute({ ...judged, ...change })).data).toEqual({ member: null });
  });

  it('is not covered by a judgement for a caller that the context no longer names', async () => {
    const { policy } = createSample();
    const document = parse('{ admin }');
    const context = app('ADMIN');
    expect(await policy.judge({ document, context })).toEqual({ allowed: true });
    context.caller = app().caller;
    expect(await execute({ schema: policy.schema, document, contextValue: context })).toMatchObject({ data: null });
  });

  it('is not covered by a judgement for other fragments or other conditions', async () => {
    const { policy } = createSample();
    const document = parse('query($s: Boolean = true) { ping ...F } fragment F on Query { admin @skip(if: $s) }');
    const context = app();
    const run = (changed = document, variableValues = {}) =>
      execute({ schema: policy.schema, document: changed, contextValue: context, variableValues });
    expect(await policy.judge({ document, context })).toEqual({ allowed: true });
    expect((await run()).data).toEqual({ ping: 'pong' });
    expect(await run(document, { s: false })).toMatchObject({ data: null });
    const [operation] = document.definitions;
    const [fragment] = parse('fragment F on Query { admin }').definitions;
    if (!operation || !fragment) throw new Error('The documents have definitions.');
    expect(await run({ ...document, definitions: [operation, fragment] })).toMatchObject({ data: null });
  });

  it('is judged also where the context is no object', async () => {
    const { bare } = createSample();
    const policy = compilePolicy<string>(bare, {
      caller: (context) =>
        context === 'admin' ? { kind: 'APP', scopes: ['ADMIN'], name: 'It' } : { kind: 'ANONYMOUS' },
      scopeLabel: (name) => name,
      owners: { MemberBy: () => [], 'Member.id': () => [], 'NoteInput.id': () => [] },
      onInternalError: () => {},
    });
    const run = (contextValue: string) => graphql({ schema: policy.schema, source: '{ admin }', contextValue });
    expect((await run('admin')).data).toEqual({ admin: 'ADMIN' });
    expect((await run('guest')).data).toBeNull();
  });

  it('is told apart from another by its context, should an executor share everything else', async () => {
    const { policy } = createSample();
    const document = parse('{ admin }');
    const infos: GraphQLResolveInfo[] = [];
    const { admin } = policy.schema.getQueryType()?.getFields() ?? {};
    const guarded = admin?.resolve;
    if (!admin || !guarded) throw new Error('The root field has its gate.');
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

  it('runs no resolver for variables that cannot be coerced, and leaves it to execution to say so', async () => {
    const { ask, calls } = createSample();
    const source = 'mutation($by: MemberBy!) { tick spend(by: $by) }';
    const { verdict, result } = await ask(source, user('ada'), { variables: { by: 5 } });
    expect(verdict).toEqual({ allowed: true });
    expect(result?.data).toBeUndefined();
    expect(result?.errors?.[0]?.message).toMatch(/invalid value/);
    expect(calls).toEqual([]);
  });
});
