import { mapSchema } from '@graphql-tools/utils';
import { buildSchema, execute, graphql, parse, printSchema, subscribe } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../src/policy/policy.js';
import { anonymous, answer, app, type Context, createSample, DIRECTIVES, refused, user } from '../sample.js';

/*
 * The cases that concern schemas, executions and callers, by number; 44 is the property test. Shown elsewhere, over HTTP
 * and sockets, are what 29 and 30 say of sockets, 37 of stored documents, 38 of tokens, 39 of status and headers, and 42;
 * here is what the engine contributes to each.
 */
describe('What becomes of an operation', () => {
  const { ask, policy, calls, bare } = createSample();
  const idle = () => {
    const before = calls.length;
    return () => calls.length === before;
  };

  it.each([
    ['22: a repeated directive', 'x: String @auth(scope: ADMIN) @auth(scope: POSTS_READ)'],
    ['23: an empty list', 'x: String @auth(scope: [])'],
    ['23: a nested list', 'x: String @auth(scope: [[]])'],
    ['23: a string', 'x: String @auth(scope: "")'],
    ['23: an unknown scope', 'x: String @auth(scope: SUPER)'],
    ['23: a scope twice', 'x: String @auth(scope: [ADMIN, ADMIN])'],
    ['23: a null', 'x: String @auth(scope: [null])'],
  ])('%s does not build', (_, field) => {
    expect(() => createSample({ extension: `extend type Query { ${field} }` })).toThrow();
  });

  it('24: only adds: a field does not weaken the rule of its type', async () => {
    const extension =
      'type Vault @auth(scope: ADMIN) { x: Int @auth(scope: USERS_READ) } extend type Query { vault: Vault @public }';
    const vault = createSample({ extension });
    expect(refused(await vault.ask('{ vault { x } }', app('USERS_READ')))).toEqual(['Query.vault', 'Vault.x']);
    expect(refused(await vault.ask('{ vault { x } }', app('ADMIN')))).toEqual(['Vault.x']);
  });

  it('25: does not build where a field has neither @auth nor @public', () => {
    const extension = 'extend type Mutation { forgotten: Int }';
    expect(() => createSample({ extension })).toThrow(/Mutation\.forgotten has neither @auth nor @public/);
  });

  it('26: needs no credential for introspection, and refuses as a whole what mixes it with a denied field', async () => {
    const source = '{ __schema { queryType { name } } __type(name: "User") { name } __typename }';
    expect(answer(await ask(source, anonymous())).errors).toEqual([]);
    expect(refused(await ask('{ __schema { queryType { name } } admin }', app()))).toEqual(['Query.admin']);
  });

  it('27: shows one and the same introspection by every route, for it hides nothing', async () => {
    const direct = await ask('{ __type(name: "User") { fields { name description } } }', anonymous());
    const fragment = '{ ...F } fragment F on Query { ... { __type(name: "User") { fields { name description } } } }';
    expect(answer(await ask(fragment, app()))).toEqual(answer(direct));
    expect(JSON.stringify(answer(direct))).toContain('Requires `users:read` and `users:email`.');
  });

  it('28: never opens the source of a refused subscription, judged beforehand or not', async () => {
    const isIdle = idle();
    const document = parse('subscription { balance(userId: 1) }');
    expect(await policy.judge({ document, context: app() })).toMatchObject({ allowed: false });
    const unjudged = await subscribe({ schema: policy.schema, document, contextValue: app() });
    expect(unjudged).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(isIdle()).toBe(true);
  });

  it.each([
    ['29: a revoked credential', anonymous()],
    ['30: a credential whose scopes were cut', app()],
  ])('%s gets no further event, and a new judgement says why', async (_, later) => {
    const document = parse('subscription { noted }');
    const context: Context = app('POINTS_READ');
    expect(await policy.judge({ document, context })).toEqual({ allowed: true });
    const events = await subscribe({ schema: policy.schema, document, contextValue: context });
    if (!(Symbol.asyncIterator in events)) throw new Error('The source did not open.');
    expect((await events.next()).value).toEqual({ data: { noted: 1 } });

    context.caller = later.caller;
    expect(await policy.judge({ document, context })).toMatchObject({ allowed: false });
    expect((await events.next()).value).toMatchObject({ data: { noted: null }, errors: [{}] });
  });

  it('31: nulls what is denied inside an event, in each event, and the stream lives', async () => {
    const document = parse('subscription { found { id points } }');
    const context = user('bob');
    expect(await policy.judge({ document, context })).toEqual({ allowed: true });
    const events = await subscribe({ schema: policy.schema, document, contextValue: context });
    if (!(Symbol.asyncIterator in events)) throw new Error('The source did not open.');
    const first = await events.next();
    expect(first.value).toMatchObject({
      data: { found: { id: 'ada', points: null } },
      errors: [{ path: ['found', 'points'] }],
    });
    expect((await events.next()).value).toEqual({ data: { found: { id: 'bob', points: 7 } } });
  });

  it('32: notices at the start when a transform has lost a rule or a gate', () => {
    expect(() => policy.verifySchema(policy.schema)).not.toThrow();
    expect(() => policy.verifySchema(bare)).toThrow(/Query\.me/);
    expect(() => policy.verifySchema(mapSchema(policy.schema, {}))).not.toThrow();
    expect(() => policy.verifySchema(buildSchema(printSchema(policy.schema)))).toThrow();
  });

  it('33: does not build with the directive under another name', () => {
    const extension =
      'directive @guard(scope: [Scope!]) on FIELD_DEFINITION extend type Mutation { x: Int @guard(scope: ADMIN) }';
    expect(() => createSample({ extension })).toThrow(/Mutation\.x has neither/);
  });

  it('34: enforces rules that another file adds by extension', async () => {
    const extension =
      'extend type Query { extra: Extra } type Extra { id: ID @public } extend type Extra @auth(scope: ADMIN)';
    expect(refused(await createSample({ extension }).ask('{ extra { id } }', app()))).toEqual([
      'Query.extra',
      'Extra.id',
    ]);
  });

  it('35: does not let a computed field pass without a rule of its own', () => {
    const extension = 'type Digest { summary: String } extend type Query { digest: Digest }';
    expect(() => createSample({ extension })).toThrow(/Digest\.summary has neither/);
  });

  it('36: gives in-process execution the same answer, also without a judgement beforehand', async () => {
    const isIdle = idle();
    const direct = await graphql({ schema: policy.schema, source: '{ ping admin }', contextValue: app() });
    const reason = { extensions: { code: 'FORBIDDEN', coordinate: 'Query.admin' } };
    expect(direct).toMatchObject({ data: null, errors: [reason, reason] });
    const mutation = 'mutation { tick touch { id } }';
    const written = await graphql({ schema: policy.schema, source: mutation, contextValue: app() });
    expect(written.data).toEqual({ tick: null, touch: null });
    expect(isIdle()).toBe(true);

    const source = '{ hits { __typename } }';
    const partial = await graphql({ schema: policy.schema, source, contextValue: app() });
    expect(answer({ verdict: { allowed: true }, result: partial })).toEqual(answer(await ask(source, app())));
  });

  it('37: judges two callers of one document each by their own scopes, also at the same time', async () => {
    const document = parse('{ hits { ... on User { name } } admin }');
    const judge = (context: Context) => policy.judge({ document, context });
    const [poor, rich] = [app('USERS_READ'), app('USERS_READ', 'ADMIN')];
    expect(judge(poor)).toMatchObject({ allowed: false });
    expect(judge(rich)).toEqual({ allowed: true });
    expect(judge(poor)).toMatchObject({ allowed: false });
    const run = (contextValue: Context) => execute({ schema: policy.schema, document, contextValue });
    const [denied, answered] = await Promise.all([run(poor), run(rich)]);
    expect([denied.data, answered.data?.['admin']]).toEqual([null, 'ADMIN']);
  });

  it.each([
    ['another case', ['Users:Read', 'USERS:READ']],
    ['the name in GraphQL', ['USERS_READ']],
    ['spaces', [' users:read', 'users:read ', 'posts:read users:read']],
    ['names of the prototype', ['__proto__', 'constructor', 'toString']],
    ['ten thousand strangers', Array.from({ length: 10_000 }, (_, index) => `x:${index}`)],
    ['nothing', []],
    ['a bare text', 'users:read'],
  ])('38: takes %s for no scope, and does not stumble', async (_, scopes) => {
    const context: Context = { caller: { kind: 'APP', scopes, name: 'The app token "odd"' } };
    expect(refused(await ask('{ me { name } }', context))).toEqual(['Query.me', 'User.name']);
  });

  it('39: tells the anonymous from the insufficient, and lists all scopes that the operation requires', async () => {
    const source = '{ posts { draft } me { email } }';
    expect((await ask(source, anonymous())).verdict).toMatchObject({
      anonymous: true,
      requiredScopes: ['USERS_READ', 'USERS_EMAIL', 'POSTS_DRAFT'],
      denials: [{ code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' }, {}, {}],
    });
    expect((await ask(source, app('POSTS_DRAFT', 'USERS_READ'))).verdict).toMatchObject({
      anonymous: false,
      requiredScopes: ['USERS_READ', 'USERS_EMAIL', 'POSTS_DRAFT'],
      denials: [{ code: 'FORBIDDEN', missingScopes: ['USERS_EMAIL'] }],
    });
  });

  it('40: takes a check that throws for a denial of its own kind, logs its cause, and leaves other errors alone', async () => {
    const cause = new Error('database down');
    const broken = createSample({
      owners: {
        'NoteInput.id': () => Promise.reject(cause),
        'Member.id': () => {
          throw cause;
        },
      },
      resolvers: { Query: { ping: () => Promise.reject(new Error('my own message')) } },
    });
    const before = await broken.ask('mutation { write(input: { id: "a1" }) }', user('ada'));
    expect(before.verdict).toMatchObject({
      denials: [{ code: 'INTERNAL_SERVER_ERROR', coordinate: 'Mutation.write' }],
    });
    const after = await broken.ask('{ ping members { points } }', user('ada'));
    expect(after.result?.errors).toMatchObject([
      { message: 'my own message' },
      { path: ['members', 0, 'points'], extensions: { code: 'INTERNAL_SERVER_ERROR' } },
    ]);
    expect(broken.failures).toEqual([cause, cause]);
    expect(broken.calls).not.toContain('write');
  });

  it('40: denies likewise while what a check depends on is away, and says that it will pass', async () => {
    const away = new Error('away');
    const sample = createSample({
      owners: { 'NoteInput.id': () => Promise.reject(away), 'Member.id': () => Promise.reject(away) },
      isUnavailable: (error) => error === away,
    });
    const context = user('ada');
    const before = await sample.ask('mutation { tick write(input: { id: "a1" }) }', context);
    expect(before.verdict).toMatchObject({
      denials: [{ code: 'UNAVAILABLE', coordinate: 'Mutation.write', missingScopes: [] }],
    });
    const after = await sample.ask('{ members { points } }', context);
    expect(after.result?.errors).toMatchObject([{ extensions: { code: 'UNAVAILABLE', coordinate: 'Member.points' } }]);
    expect(sample.failures).toEqual([away, away]);
    expect(sample.failed).toEqual([
      { coordinate: 'Mutation.write', context },
      { coordinate: 'Member.points', context },
    ]);
    expect(sample.calls).toEqual(['members']);
  });

  it('41: does not build without what it needs to judge', () => {
    const options = { caller: () => anonymous().caller, scopeLabel: String, owners: {}, onInternalError: () => {} };
    const compile = (sdl: string) => () => compilePolicy(buildSchema(sdl), options);
    expect(compile('type Query { x: Int }')).toThrow(/Query\.x has neither/);
    expect(
      compile(`${DIRECTIVES} enum Scope { A } type Query { x(id: ID): Int @auth(scope: A, owner: "id") }`),
    ).toThrow(/no owner can be looked up/);
  });

  it('42: has a place to say that an argument is beyond the caller', async () => {
    const extension =
      'extend type Mutation { issue(scopes: [Scope!] @auth(scope: TOKENS_WRITE)): Int @auth(scope: ADMIN) }';
    const issue = createSample({ extension });
    expect(refused(await issue.ask('mutation { issue(scopes: [ADMIN]) }', app('ADMIN')))).toEqual([
      'Mutation.issue(scopes:)',
    ]);
  });

  it('43: does not judge what is not there, and lets no rejection escape', async () => {
    const hits = () => [
      null,
      Promise.resolve({ name: 'Ada' }),
      Promise.reject(new Error('lost')),
      { body: 'x' },
      Promise.resolve(null),
    ];
    const holes = createSample({
      resolvers: {
        Query: {
          hits,
          members: () => [null, { id: null, points: 1 }],
          sureHits: () => Promise.reject(new Error('gone')),
        },
      },
    });
    const answered = answer(
      await holes.ask('{ hits { ... on Post { body } } sureHits { __typename } }', app('POSTS_READ')),
    );
    expect(answered.data).toEqual({ hits: [null, null, null, { body: 'x' }, null], sureHits: null });
    expect(answered.errors.map(({ path }) => path).sort()).toEqual(['hits.1', 'hits.2', 'sureHits']);

    const members = answer(await holes.ask('{ members { points } }', user('ada')));
    expect(members).toEqual({
      data: { members: [null, { points: null }] },
      errors: [{ path: 'members.1.points', coordinate: 'Member.points' }],
    });
    expect(holes.calls).toEqual([]);

    const late = () => [{ name: 'Ada' }, Promise.reject(new Error('nobody waits for this'))];
    const given = await createSample({ resolvers: { Query: { sureHits: late } } }).ask(
      '{ sureHits { __typename } }',
      app(),
    );
    expect(answer(given)).toEqual({
      data: { sureHits: null },
      errors: [{ path: 'sureHits.0', coordinate: 'Query.sureHits' }],
    });
  });
});
