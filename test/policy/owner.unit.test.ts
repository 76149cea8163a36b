import { describe, expect, it } from 'vitest';
import { anonymous, app, createSample, deniedCoordinates, responseOf, user } from './sample.js';

describe('An owner named in arguments', () => {
  it.each([
    ['a literal', '{ member(by: { id: "ada" }) { id } }', {}],
    ['a whole variable', 'query($by: MemberBy) { member(by: $by) { id } }', { by: { id: 'ada' } }],
    ['a nested variable', 'query($id: ID) { member(by: { id: $id }) { id } }', { id: 'ada' }],
    ['the default of a variable', 'query($by: MemberBy = { id: "ada" }) { member(by: $by) { id } }', {}],
    ['nothing', '{ member { id } }', {}],
    ['a null', '{ member(by: null) { id } }', {}],
    ['a variable that is left out', 'query($by: MemberBy) { member(by: $by) { id } }', {}],
  ])('is allowed what they own, named by %s', async (_, source, variables) => {
    const { ask } = createSample();
    expect(responseOf(await ask(source, user('ada'), { variables })).data).toEqual({ member: { id: 'ada' } });
    expect(deniedCoordinates(await ask(source, app(), { variables }))).toEqual(['Query.member']);
    expect(deniedCoordinates(await ask(source, anonymous(), { variables }))).toEqual(['Query.member']);
  });

  it('is denied what others own, and the message says so', async () => {
    const { ask, calls } = createSample();
    const { decision } = await ask('mutation { tick spend(by: { id: "bob" }) }', user('ada'));
    expect(decision).toMatchObject({
      denials: [
        {
          coordinate: 'Mutation.spend',
          code: 'FORBIDDEN',
          requiredScopes: ['POINTS_WRITE'],
          missingScopes: ['POINTS_WRITE'],
          message:
            'Mutation.spend requires `points:write`, but the user ada lacks `points:write` and is not the owner. Ask an administrator.',
        },
      ],
    });
    expect(calls).toEqual([]);
  });

  it('is looked up for all selections in one call, and only those of others are denied', async () => {
    const { ask, calls } = createSample();
    const source =
      'mutation($b: NoteInput!) { x: write(input: { id: "a1" }) y: write(input: $b) z: write(input: { id: "a2" }) }';
    const { decision } = await ask(source, user('ada'), { variables: { b: { id: 'b1' } } });
    expect(decision).toMatchObject({
      denials: [{ coordinate: 'Mutation.write', locations: [{ line: 1, column: 58 }] }],
    });
    expect(calls).toEqual(['NoteInput.id a1,b1,a2']);
    expect(responseOf(await ask(source, user('ada'), { variables: { b: { id: 'a3' } } })).data).toEqual({
      x: 1,
      y: 1,
      z: 1,
    });
  });

  it('is not looked up for a caller who holds the scope', async () => {
    const { ask, calls } = createSample();
    await ask('mutation { write(input: { id: "b1" }) }', app('POSTS_DRAFT'));
    expect(calls).toEqual(['write']);
  });

  it('is looked up once also where the result decides', async () => {
    const extension =
      'extend type Query { pick(note: NoteBy): Hit @auth(scope: POINTS_READ, owner: "note") } input NoteBy { id: ID }';
    const asked: unknown[] = [];
    const owners = { NoteBy: (values: readonly unknown[]) => values.map((value) => asked.push(value) > 0) };
    const { ask } = createSample({ extension, owners, resolvers: { Query: { pick: () => ({ id: 'p1' }) } } });
    expect(responseOf(await ask('{ pick(note: { id: 1 }) { __typename } }', user('ada'))).data).toEqual({
      pick: { __typename: 'Post' },
    });
    expect(asked).toHaveLength(1);
  });

  it('replaces the scopes of one rule, not those of the others of its coordinate', async () => {
    const extension =
      'extend type Query { vip(by: MemberBy, deep: Int @auth(scope: ADMIN)): User @auth(scope: POINTS_READ, owner: "by") }';
    const { ask } = createSample({ extension });
    expect(deniedCoordinates(await ask('{ vip { __typename } }', user('ada')))).toEqual(['Query.vip']);
    expect(deniedCoordinates(await ask('{ vip { __typename } }', user('ada', 'USERS_READ')))).toEqual([]);
    expect(deniedCoordinates(await ask('{ vip(deep: 1) { __typename } }', user('ada', 'USERS_READ')))).toEqual([
      'Query.vip(deep:)',
    ]);
  });

  it('can have a look-up of its own at one argument, where an absent owner means all users', async () => {
    const extension = 'extend type Query { ledger(by: MemberBy): Int @auth(scope: POINTS_READ, owner: "by") }';
    const owners = { 'Query.ledger(by:)': (values: readonly unknown[]) => values.map((value) => value !== undefined) };
    const { ask } = createSample({ extension, owners });
    expect(deniedCoordinates(await ask('{ ledger(by: { id: "ada" }) }', user('ada')))).toEqual([]);
    expect(deniedCoordinates(await ask('{ ledger }', user('ada')))).toEqual(['Query.ledger']);
  });

  it('is denied where the look-up returns another value than true', async () => {
    const yes = 'yes' as unknown as boolean; // what a careless look-up might return
    const { ask, failures } = createSample({
      owners: { 'NoteInput.id': (values) => (values.length > 1 ? [true] : [yes]) },
    });
    expect(deniedCoordinates(await ask('mutation { write(input: { id: "a1" }) }', user('ada')))).toEqual([
      'Mutation.write',
    ]);
    const { decision } = await ask(
      'mutation { a: write(input: { id: "a1" }) b: write(input: { id: "a2" }) }',
      user('ada'),
    );
    expect(decision).toMatchObject({ denials: [{ code: 'INTERNAL_SERVER_ERROR' }] });
    expect(failures).toHaveLength(1);
  });
});

describe('The kind of a credential', () => {
  it.each([
    [
      '{ anyone }',
      anonymous(),
      {
        code: 'UNAUTHENTICATED',
        reason: 'TOKEN_MISSING',
        message: 'Query.anyone requires a credential, but none was sent.',
      },
    ],
    [
      '{ app }',
      anonymous(),
      { code: 'UNAUTHENTICATED', message: 'Query.app requires an app token, but none was sent.' },
    ],
    [
      '{ app }',
      user('ada', 'ADMIN'),
      {
        code: 'FORBIDDEN',
        reason: 'APP_TOKEN_REQUIRED',
        message: 'Query.app requires an app token, but the caller is the user ada.',
      },
    ],
    [
      '{ session }',
      app('ADMIN'),
      { code: 'FORBIDDEN', reason: 'SESSION_REQUIRED', requiredScopes: [], missingScopes: [] },
    ],
  ])('decides on %s', async (source, context, denial) => {
    const { ask } = createSample();
    expect((await ask(source, context)).decision).toMatchObject({ denials: [denial] });
  });

  it('is allowed where it is the required one', async () => {
    const { ask } = createSample();
    expect(responseOf(await ask('{ anyone app }', app())).data).toEqual({ anyone: 'yes', app: 'yes' });
    expect(responseOf(await ask('{ anyone session }', user('ada'))).data).toEqual({ anyone: 'yes', session: 'yes' });
  });
});
