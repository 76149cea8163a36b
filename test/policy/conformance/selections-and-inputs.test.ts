import { describe, expect, it } from 'vitest';
import { anonymous, app, createSample, deniedCoordinates, responseOf } from '../sample.js';

/*
 * The cases that an implementation of field authorization must pass, by number: 1 to 21 here, 22 to 43 in the other files
 * of this folder, 44 is the property test. A denial that is known beforehand denies the whole operation; where that is
 * stricter than a partial response would be, the title says "denies as a whole".
 */
describe('The policy, for what an operation selects and supplies,', () => {
  const { ask, calls } = createSample();
  const idle = () => {
    const before = calls.length;
    return () => calls.length === before;
  };

  it('1: denies as a whole a field that its alias hides', async () => {
    const response = await ask('{ x: me { e: email } }', app('USERS_READ'));
    expect(response.decision).toMatchObject({
      kind: 'DENIED',
      denials: [
        {
          coordinate: 'User.email',
          code: 'FORBIDDEN',
          requiredScopes: ['USERS_READ', 'USERS_EMAIL'],
          missingScopes: ['USERS_EMAIL'],
          locations: [{ line: 1, column: 11 }],
          message:
            'User.email requires `users:read` and `users:email`, but the app token "shop" lacks `users:email`. Ask an administrator.',
        },
      ],
    });
  });

  it.each([
    ['2: an interface', '{ node(id: "u1") { id } }'],
    ['3: a fragment on the interface itself', '{ node(id: "u1") { ... on Node { id } } }'],
    ['3: a named fragment on the interface', '{ node(id: "u1") { ...N } } fragment N on Node { id }'],
  ])('%s does not show an object of a guarded type', async (_, source) => {
    const response = await ask(source, app());
    expect(responseOf(response)).toEqual({
      data: { node: null },
      errors: [{ path: 'node', coordinate: 'Query.node' }],
    });
    expect(JSON.stringify(response.result)).not.toContain('u1"');
    expect(responseOf(await ask(source.replace('u1', 'p1'), app())).data).toEqual({ node: { id: 'p1' } });
  });

  it.each([
    ['4: an interface fragment on a union', '{ hits { ... on Node { id } } }', { id: 'p1' }, { id: 'p2' }],
    [
      '5: a named fragment on a union',
      '{ hits { ...F id: __typename } } fragment F on User { name }',
      { id: 'Post' },
      { id: 'Post' },
    ],
    ['7: a __typename alone', '{ hits { __typename } }', { __typename: 'Post' }, { __typename: 'Post' }],
  ])('%s does not show objects of a guarded type', async (_, source, first, second) => {
    const response = await ask(source, app());
    expect(responseOf(response)).toEqual({
      data: { hits: [null, first, null, null, second] },
      errors: [{ path: 'hits.0', coordinate: 'Query.hits' }],
    });
    expect(JSON.stringify(response.result)).not.toContain('User');
  });

  it('6: decides on the members of a union one by one', async () => {
    const source = '{ hits { ... on User { name } ... on Post { body } } }';
    const response = responseOf(await ask(source, app('POSTS_READ')));
    expect(response.data).toEqual({ hits: [null, { body: 'one' }, null, null, { body: null }] });
    expect(response.errors).toHaveLength(1);
    const complete = responseOf(await ask(source, app('POSTS_READ', 'USERS_READ')));
    expect(complete).toMatchObject({
      data: { hits: [{ name: 'Ada' }, { body: 'one' }, null, { name: 'Bob' }, {}] },
      errors: [],
    });
  });

  it('8: runs no mutation whose return type is guarded, even for a __typename alone', async () => {
    const isIdle = idle();
    expect(deniedCoordinates(await ask('mutation { touch { __typename } }', app()))).toEqual(['Mutation.touch']);
    expect(isIdle()).toBe(true);
  });

  it('9: enforces the rule of an interface field on the types that implement it', async () => {
    expect(deniedCoordinates(await ask('{ posts { body } }', app()))).toEqual(['Post.body']);
    const response = responseOf(await ask('{ hits { ... on Authored { body } } }', app()));
    expect(response.data).toEqual({ hits: [null, { body: null }, null, null, { body: null }] });
    expect(response.errors.map(({ coordinate }) => coordinate).sort()).toEqual(['Post.body', 'Query.hits']);
  });

  it('10: adds no points in a mutation of which another part is denied', async () => {
    const isIdle = idle();
    const response = await ask('mutation { addPoints(n: 1) makeUser { id } }', app('POINTS_WRITE', 'POINTS_READ'));
    expect(deniedCoordinates(response)).toEqual(['Mutation.makeUser', 'User.id']);
    expect(isIdle()).toBe(true);
  });

  it('11: requires the scope of the return type before a mutation runs', async () => {
    const isIdle = idle();
    const response = await ask('mutation { addPoints(n: 1) }', app('POINTS_WRITE'));
    expect(response.decision).toMatchObject({ denials: [{ missingScopes: ['POINTS_READ'] }] });
    expect(isIdle()).toBe(true);
  });

  it('12: denies as a whole an operation with a denied non-null field', async () => {
    const isIdle = idle();
    expect(deniedCoordinates(await ask('{ ping admin }', app()))).toEqual(['Query.admin']);
    expect(isIdle()).toBe(true);
  });

  it('13: denies as a whole a non-null field in a list of a list; in a union only its object is null', async () => {
    expect(deniedCoordinates(await ask('{ posts { author { secret } } }', app('USERS_READ')))).toEqual(['User.secret']);
    const response = responseOf(await ask('{ hits { ... on User { secret } ... on Post { id } } }', app('USERS_READ')));
    expect(response.data).toEqual({ hits: [null, { id: 'p1' }, null, null, { id: 'p2' }] });
    expect(response.errors[0]).toEqual({ path: 'hits.0.secret', coordinate: 'User.secret' });
  });

  it('14: reports one error for a selection, however many items a list has', async () => {
    const many = createSample({
      resolvers: { Query: { hits: () => Array.from({ length: 100 }, () => ({ name: 'x' })) } },
    });
    const response = responseOf(await many.ask('{ hits { ... on User { email name } } }', app('USERS_READ')));
    expect(response.errors).toEqual([{ path: 'hits.0.email', coordinate: 'User.email' }]);
    expect(responseOf(await many.ask('{ hits { __typename } }', app())).errors).toHaveLength(1);
  });

  it('15: reports one denial for a coordinate, and at most 20 for an operation', async () => {
    const aliases = Array.from({ length: 1000 }, (_, index) => `a${index}: admin`).join(' ');
    const { decision } = await ask(`{ ${aliases} }`, app());
    expect(decision.kind === 'ALLOWED' ? [] : decision.denials.map(({ locations }) => locations.length)).toEqual([
      1000,
    ]);

    const fields = Array.from({ length: 30 }, (_, index) => `f${index}: Int @auth(scope: ADMIN)`).join(' ');
    const wide = createSample({ extension: `extend type Query { ${fields} }` });
    const all = Array.from({ length: 30 }, (_, index) => `f${index}`).join(' ');
    expect(deniedCoordinates(await wide.ask(`{ ${all} }`, app()))).toHaveLength(20);
  });

  it('16: reports a field that two fragments select once, with both positions', async () => {
    const source = '{ ...A ...B } fragment A on Query { me { email } } fragment B on Query { me { email } }';
    const { decision } = await ask(source, app('USERS_READ'));
    expect(decision).toMatchObject({
      denials: [{ coordinate: 'User.email', locations: [{ column: 42 }, { column: 79 }] }],
    });
  });

  it('17: respects the default of a variable in @skip', async () => {
    const source = 'query($s: Boolean = true) { ping admin @skip(if: $s) }';
    expect(responseOf(await ask(source, app())).data).toEqual({ ping: 'pong' });
    expect(deniedCoordinates(await ask(source, app(), { variables: { s: false } }))).toEqual(['Query.admin']);
  });

  it.each([
    '{ ping ... @include(if: false) { admin } }',
    '{ ping ...A @skip(if: true) } fragment A on Query { admin }',
    '{ ping ... on Query @include(if: false) { ...A } } fragment A on Query { admin }',
  ])('18: requires nothing for fields that are skipped: %s', async (source) => {
    expect(responseOf(await ask(source, anonymous()))).toEqual({ data: { ping: 'pong' }, errors: [] });
  });

  it('19: decides only on the operation that is named', async () => {
    const source = 'query Open { ping } query Closed { admin }';
    expect(responseOf(await ask(source, app(), { operationName: 'Open' })).data).toEqual({ ping: 'pong' });
    expect(deniedCoordinates(await ask(source, app(), { operationName: 'Closed' }))).toEqual(['Query.admin']);
  });

  it.each([
    ['a literal', '{ users(where: { email: "a" }) { name } }', {}],
    ['a null', '{ users(where: { email: null }) { name } }', {}],
    ['a whole variable', 'query($w: UserFilter) { users(where: $w) { name } }', { w: { both: { email: 'a' } } }],
    ['a null within it', 'query($w: UserFilter) { users(where: $w) { name } }', { w: { email: null } }],
    ['a nested variable', 'query($e: String) { users(where: { email: $e }) { name } }', { e: null }],
    ['an item of a list', 'query($f: UserFilter!) { users(where: { both: [$f] }) { name } }', { f: { email: 'a' } }],
    ["a variable's default", 'query($w: UserFilter = { email: "a" }) { users(where: $w) { name } }', {}],
  ])('20: denies a protected input field in %s', async (_, source, variables) => {
    const isIdle = idle();
    expect(deniedCoordinates(await ask(source, app('USERS_READ'), { variables }))).toEqual(['UserFilter.email']);
    expect(isIdle()).toBe(true);
    expect(deniedCoordinates(await ask(source, app('USERS_READ', 'USERS_EMAIL'), { variables }))).toEqual([]);
  });

  it.each([
    ['a variable that is left out', 'query($e: String) { users(where: { email: $e }) { name } }', {}],
    [
      'another field, with the default of a protected one',
      'query($w: UserFilter) { users(where: $w) { name } }',
      { w: { name: 'a' } },
    ],
  ])('20: ignores %s', async (_, source, variables) => {
    expect(responseOf(await ask(source, app('USERS_READ'), { variables })).data).toEqual({ users: [{ name: 'Ada' }] });
  });

  it('20: denies a protected argument, and none that is absent', async () => {
    expect(deniedCoordinates(await ask('{ search(text: "a", deep: true) }', app()))).toEqual(['Query.search(deep:)']);
    expect(responseOf(await ask('{ search(text: "a") }', app())).data).toEqual({ search: 'found' });
  });

  it('21: enforces the rule of a scalar on the fields that return it', async () => {
    expect(deniedCoordinates(await ask('{ me { balance } }', app('USERS_READ')))).toEqual(['User.balance']);
  });
});
