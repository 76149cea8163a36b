import { describe, expect, it } from 'vitest';
import { anonymous, app, type Context, createSample, deniedCoordinates, user } from '../sample.js';

/*
 * Numbered cases; see selections-and-inputs.test.ts. What 38 says of tokens, 39 of status and headers, and 42 of tokens is
 * tested over HTTP; here is what the engine contributes.
 */
describe('A caller', () => {
  const { ask } = createSample();

  it.each([
    ['another case', ['Users:Read', 'USERS:READ']],
    ['the name in GraphQL', ['USERS_READ']],
    ['spaces', [' users:read', 'users:read ', 'posts:read users:read']],
    ['names of the prototype', ['__proto__', 'constructor', 'toString']],
    ['ten thousand unknown scopes', Array.from({ length: 10_000 }, (_, index) => `x:${index}`)],
    ['nothing', []],
    ['a bare text', 'users:read'],
  ])('38: has no scope by %s', async (_, scopes) => {
    const context: Context = { caller: { kind: 'APP', scopes, name: 'the app token "odd"' } };
    expect(deniedCoordinates(await ask('{ me { name } }', context))).toEqual(['Query.me', 'User.name']);
  });

  it('39: gets UNAUTHENTICATED without a credential and FORBIDDEN without a scope, with all scopes that the operation requires', async () => {
    const source = '{ posts { draft } me { email } }';
    expect((await ask(source, anonymous())).decision).toMatchObject({
      anonymous: true,
      requiredScopes: ['USERS_READ', 'USERS_EMAIL', 'POSTS_DRAFT'],
      denials: [{ code: 'UNAUTHENTICATED', reason: 'TOKEN_MISSING' }, {}, {}],
    });
    expect((await ask(source, app('POSTS_DRAFT', 'USERS_READ'))).decision).toMatchObject({
      anonymous: false,
      requiredScopes: ['USERS_READ', 'USERS_EMAIL', 'POSTS_DRAFT'],
      denials: [{ code: 'FORBIDDEN', missingScopes: ['USERS_EMAIL'] }],
    });
  });

  it('40: is denied where a check throws, whose cause is reported, and other errors stay as they are', async () => {
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
    expect(before.decision).toMatchObject({
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

  it('40: is denied with UNAVAILABLE where a check cannot reach what it depends on', async () => {
    const away = new Error('away');
    const sample = createSample({
      owners: { 'NoteInput.id': () => Promise.reject(away), 'Member.id': () => Promise.reject(away) },
      isUnavailable: (error) => error === away,
    });
    const context = user('ada');
    const before = await sample.ask('mutation { tick write(input: { id: "a1" }) }', context);
    expect(before.decision).toMatchObject({
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

  it('42: needs the scope of a single argument', async () => {
    const extension =
      'extend type Mutation { issue(scopes: [Scope!] @auth(scope: TOKENS_WRITE)): Int @auth(scope: ADMIN) }';
    const issue = createSample({ extension });
    expect(deniedCoordinates(await issue.ask('mutation { issue(scopes: [ADMIN]) }', app('ADMIN')))).toEqual([
      'Mutation.issue(scopes:)',
    ]);
  });
});
