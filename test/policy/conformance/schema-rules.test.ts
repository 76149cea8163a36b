import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compilePolicy } from '../../../src/policy/policy.js';
import { anonymous, app, createSample, DIRECTIVES, deniedCoordinates } from '../sample.js';

/* Numbered cases; see selections-and-inputs.test.ts. */
describe('The rules of a schema', () => {
  it.each([
    ['22: a repeated directive', 'x: String @auth(scope: ADMIN) @auth(scope: POSTS_READ)'],
    ['23: an empty list', 'x: String @auth(scope: [])'],
    ['23: a nested list', 'x: String @auth(scope: [[]])'],
    ['23: a string', 'x: String @auth(scope: "")'],
    ['23: an unknown scope', 'x: String @auth(scope: SUPER)'],
    ['23: a scope twice', 'x: String @auth(scope: [ADMIN, ADMIN])'],
    ['23: a null', 'x: String @auth(scope: [null])'],
  ])('%s is refused', (_, field) => {
    expect(() => createSample({ extension: `extend type Query { ${field} }` })).toThrow(
      /Query\.x |can only be used once/,
    );
  });

  it('24: add up: a field does not weaken the rule of its type', async () => {
    const extension =
      'type Vault @auth(scope: ADMIN) { x: Int @auth(scope: USERS_READ) } extend type Query { vault: Vault @public }';
    const vault = createSample({ extension });
    expect(deniedCoordinates(await vault.ask('{ vault { x } }', app('USERS_READ')))).toEqual([
      'Query.vault',
      'Vault.x',
    ]);
    expect(deniedCoordinates(await vault.ask('{ vault { x } }', app('ADMIN')))).toEqual(['Vault.x']);
  });

  it('25: do not compile where a field has neither @auth nor @public', () => {
    const extension = 'extend type Mutation { forgotten: Int }';
    expect(() => createSample({ extension })).toThrow(/Mutation\.forgotten has neither @auth nor @public/);
  });

  it('33: do not compile under another name of the directive', () => {
    const extension =
      'directive @guard(scope: [Scope!]) on FIELD_DEFINITION extend type Mutation { x: Int @guard(scope: ADMIN) }';
    expect(() => createSample({ extension })).toThrow(/Mutation\.x has neither/);
  });

  it('34: include those that another file adds by extension', async () => {
    const extension =
      'extend type Query { extra: Extra } type Extra { id: ID @public } extend type Extra @auth(scope: ADMIN)';
    expect(deniedCoordinates(await createSample({ extension }).ask('{ extra { id } }', app()))).toEqual([
      'Query.extra',
      'Extra.id',
    ]);
  });

  it('35: do not compile where a computed field has none', () => {
    const extension = 'type Digest { summary: String } extend type Query { digest: Digest }';
    expect(() => createSample({ extension })).toThrow(/Digest\.summary has neither/);
  });

  it('41: do not compile without the directives and the look-ups of owners', () => {
    const options = { caller: () => anonymous().caller, scopeLabel: String, owners: {}, onInternalError: () => {} };
    const compile = (sdl: string) => () => compilePolicy(buildSchema(sdl), options);
    expect(compile('type Query { x: Int }')).toThrow(/Query\.x has neither/);
    expect(
      compile(`${DIRECTIVES} enum Scope { A } type Query { x(id: ID): Int @auth(scope: A, owner: "id") }`),
    ).toThrow(/no owner can be looked up/);
  });
});
