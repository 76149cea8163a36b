import { mapSchema } from '@graphql-tools/utils';
import { execute, graphql, parse, subscribe } from 'graphql';
import { describe, expect, it } from 'vitest';
import { anonymous, app, type Context, createSample, deniedCoordinates, responseOf, user } from '../sample.js';

/*
 * Numbered cases; see selections-and-inputs.test.ts. What 29 and 30 say of sockets and 37 of stored documents is tested
 * over HTTP and WebSocket; here is what the engine contributes.
 */
describe('An execution', () => {
  const { ask, policy, calls } = createSample();
  const idle = () => {
    const before = calls.length;
    return () => calls.length === before;
  };

  it('26: needs no credential for introspection, and denies as a whole an operation with a denied field beside it', async () => {
    const source = '{ __schema { queryType { name } } __type(name: "User") { name } __typename }';
    expect(responseOf(await ask(source, anonymous())).errors).toEqual([]);
    expect(deniedCoordinates(await ask('{ __schema { queryType { name } } admin }', app()))).toEqual(['Query.admin']);
  });

  it('27: returns the same introspection to every caller, by every fragment', async () => {
    const direct = await ask('{ __type(name: "User") { fields { name description } } }', anonymous());
    const fragment = '{ ...F } fragment F on Query { ... { __type(name: "User") { fields { name description } } } }';
    expect(responseOf(await ask(fragment, app()))).toEqual(responseOf(direct));
    expect(JSON.stringify(responseOf(direct))).toContain('Requires `users:read` and `users:email`.');
  });

  it('28: never opens the source of a denied subscription, also without a decision beforehand', async () => {
    const isIdle = idle();
    const document = parse('subscription { balance(userId: 1) }');
    expect(await policy.decide({ document, context: app() })).toMatchObject({ kind: 'DENIED' });
    const undecided = await subscribe({ schema: policy.schema, document, contextValue: app() });
    expect(undecided).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(isIdle()).toBe(true);
  });

  it.each([
    ['29: a revoked credential', anonymous()],
    ['30: a credential whose scopes were cut', app()],
  ])('%s gets no further event, and a new decision says why', async (_, later) => {
    const document = parse('subscription { noted }');
    const context: Context = app('POINTS_READ');
    expect(await policy.decide({ document, context })).toEqual({ kind: 'ALLOWED' });
    const events = await subscribe({ schema: policy.schema, document, contextValue: context });
    if (!(Symbol.asyncIterator in events)) throw new Error('The source did not open.');
    expect((await events.next()).value).toEqual({ data: { noted: 1 } });

    context.caller = later.caller;
    expect(await policy.decide({ document, context })).toMatchObject({ kind: 'DENIED' });
    expect((await events.next()).value).toMatchObject({ data: { noted: null }, errors: [{}] });
  });

  it('31: nulls what is denied inside an event, in each event, and the stream continues', async () => {
    const document = parse('subscription { found { id points } }');
    const context = user('bob');
    expect(await policy.decide({ document, context })).toEqual({ kind: 'ALLOWED' });
    const events = await subscribe({ schema: policy.schema, document, contextValue: context });
    if (!(Symbol.asyncIterator in events)) throw new Error('The source did not open.');
    const first = await events.next();
    expect(first.value).toMatchObject({
      data: { found: { id: 'ada', points: null } },
      errors: [{ path: ['found', 'points'] }],
    });
    expect((await events.next()).value).toEqual({ data: { found: { id: 'bob', points: 7 } } });
  });

  it('32: keeps its guards through a transform of the schema', async () => {
    const isIdle = idle();
    const schema = mapSchema(policy.schema, {});
    const denied = await graphql({ schema, source: '{ admin }', contextValue: app() });
    expect(denied).toMatchObject({ data: null, errors: [{ extensions: { code: 'FORBIDDEN' } }] });
    expect(isIdle()).toBe(true);
  });

  it('36: has the same response in-process, also without a decision beforehand', async () => {
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
    expect(responseOf({ decision: { kind: 'ALLOWED' }, result: partial })).toEqual(
      responseOf(await ask(source, app())),
    );
  });

  it('37: decides by the scopes of each caller of one document, also at the same time', async () => {
    const document = parse('{ hits { ... on User { name } } admin }');
    const decide = (context: Context) => policy.decide({ document, context });
    const [poor, rich] = [app('USERS_READ'), app('USERS_READ', 'ADMIN')];
    expect(decide(poor)).toMatchObject({ kind: 'DENIED' });
    expect(decide(rich)).toEqual({ kind: 'ALLOWED' });
    expect(decide(poor)).toMatchObject({ kind: 'DENIED' });
    const run = (contextValue: Context) => execute({ schema: policy.schema, document, contextValue });
    const [denied, response] = await Promise.all([run(poor), run(rich)]);
    expect([denied.data, response.data?.['admin']]).toEqual([null, 'ADMIN']);
  });

  it('43: checks no absent value, and leaves no rejection unhandled', async () => {
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
    const response = responseOf(
      await holes.ask('{ hits { ... on Post { body } } sureHits { __typename } }', app('POSTS_READ')),
    );
    expect(response.data).toEqual({ hits: [null, null, null, { body: 'x' }, null], sureHits: null });
    expect(response.errors.map(({ path }) => path).sort()).toEqual(['hits.1', 'hits.2', 'sureHits']);

    const members = responseOf(await holes.ask('{ members { points } }', user('ada')));
    expect(members).toEqual({
      data: { members: [null, { points: null }] },
      errors: [{ path: 'members.1.points', coordinate: 'Member.points' }],
    });
    expect(holes.calls).toEqual([]);

    const late = () => [{ name: 'Ada' }, Promise.reject(new Error('never awaited'))];
    const given = await createSample({ resolvers: { Query: { sureHits: late } } }).ask(
      '{ sureHits { __typename } }',
      app(),
    );
    expect(responseOf(given)).toEqual({
      data: { sureHits: null },
      errors: [{ path: 'sureHits.0', coordinate: 'Query.sureHits' }],
    });
  });
});
