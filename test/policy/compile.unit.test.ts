import { buildSchema, Source } from 'graphql';
import { describe, expect, it } from 'vitest';
import { compilePolicy, type PolicyOptions } from '../../src/policy/policy.js';
import { createSample, DIRECTIVES, scopeLabel } from './sample.js';

const OPTIONS: PolicyOptions<object> = {
  caller: () => ({ kind: 'ANONYMOUS' }),
  scopeLabel,
  owners: {},
  onInternalError: () => {},
};

/** What compilation fails with, a line for each problem. */
function problemsOf(sdl: string, options: Partial<PolicyOptions<object>> = {}): string[] {
  const source = new Source(`${DIRECTIVES} enum Scope { A B }\n${sdl}`, 'points.graphql');
  try {
    compilePolicy(buildSchema(source, { assumeValidSDL: true }), { ...OPTIONS, ...options });
    return [];
  } catch (error) {
    return String(error).split('\n').slice(1);
  }
}

describe('A policy does not compile', () => {
  it('with problems, and names all of them with file and line', () => {
    const problems = problemsOf(
      'type Query {\n  a: Int\n  b: Int @auth(scope: [])\n  c: Int @public\n  d: Int @auth(scope: NONE)\n}',
    );
    expect(problems).toEqual([
      '- points.graphql:8 Query.a has neither @auth nor @public, on itself or on Query',
      '- points.graphql:9 Query.b has an empty list of scopes; leave `scope` out',
      '- points.graphql:11 Query.d names a scope NONE, which the enum Scope does not have',
    ]);
  });

  it.each([
    ['both directives on one field', 'x: Int @public @auth(scope: A)', /more than one of @auth and @public/],
    ['a repeated directive', 'x: Int @auth(scope: A) @auth(scope: B)', /more than one/],
    ['a scope twice', 'x: Int @auth(scope: [A, A])', /names the scope A twice/],
    ['a nested list', 'x: Int @auth(scope: [[A]])', /no value of the enum Scope/],
    ['a string', 'x: Int @auth(scope: "A")', /no value of the enum Scope/],
    ['a null', 'x: Int @auth(scope: null)', /no value of the enum Scope/],
    ['an argument that @auth does not have', 'x: Int @auth(requires: A)', /"requires", which it does not have/],
    ['an unknown kind', 'x: Int @auth(kind: ROBOT)', /neither APP nor USER/],
    ['@public on an argument', 'x(y: Int @public): Int @public', /x\(y:\) carries @public/],
    ['an owner without a scope', 'x(y: Int): Int @auth(owner: "y")', /an owner, which has no effect without a scope/],
    ['an owner for app tokens', 'x(y: Int): Int @auth(scope: A, owner: "y", kind: APP)', /an app token never is/],
    ['an owner that is no path', 'x(y: Int): Int @auth(scope: A, owner: "")', /no path/],
    ['an owner of an argument', 'x(y: Int @auth(scope: A, owner: "y")): Int @public', /only an output field/],
    [
      'an owner path to nowhere',
      'x(y: Int): Int @auth(scope: A, owner: "z")',
      /an argument that Query\.x does not have/,
    ],
    ['an owner path that breaks off', 'x(y: Int): Int @auth(scope: A, owner: "y.z")', /breaks off at "z"/],
    [
      'an owner path to a list',
      'x(y: [Int]): Int @auth(scope: A, owner: "y")',
      /a list, which names more than one owner/,
    ],
    [
      'an owner path without a look-up',
      'x(y: Int): Int @auth(scope: A, owner: "y")',
      /ends at Query\.x\(y:\), where no owner/,
    ],
  ])('with %s', (_, field, problem) => {
    expect(problemsOf(`type Query { ${field} }`)).toEqual([expect.stringMatching(problem)]);
  });

  it.each([
    [
      'a type with an owner',
      'type T @auth(scope: A, owner: "id") { id: ID }',
      /T has an owner, which only an output field/,
    ],
    [
      'a type with a rule in two files',
      'type T @auth(scope: A) { id: ID } extend type T @auth(scope: B)',
      /T carries more than one/,
    ],
    [
      'a rule on a union',
      'type T @public { id: ID } union U @auth(scope: A) = T',
      /U carries @auth, which has no effect here/,
    ],
    ['a rule on an input type', 'input I @auth(scope: A) { x: Int }', /I carries @auth, which has no effect here/],
    ['a rule on an enum value', 'enum E { X @auth(scope: A) }', /E\.X carries @auth, which has no effect here/],
    ['@public on a scalar', 'scalar S @public', /S carries @public/],
    ['an interface field without a directive', 'interface I { x: Int }', /I\.x has neither/],
    [
      'an owner with an argument',
      'type T @public { id(a: Int!): ID x: Int @auth(scope: A, owner: "id") }',
      /no plain value of T/,
    ],
    ['an owner that is an object', 'type T @public { t: T x: Int @auth(scope: A, owner: "t") }', /no plain value of T/],
    ['an owner further away', 'type T @public { t: T x: Int @auth(scope: A, owner: "t.x") }', /no field of T/],
  ])('with %s', (_, types, problem) => {
    expect(problemsOf(`${types} type Query { x: Int @public }`)).toEqual([expect.stringMatching(problem)]);
  });

  it('with a look-up that no owner path leads to, which may be misspelt', () => {
    expect(problemsOf('type Query { x: Int @public }', { owners: { UserBy: () => [] } })).toEqual([
      '- no owner path ends at UserBy, for which there is a look-up',
    ]);
  });

  it('with a grant for no input field, or for one whose default grants scopes', () => {
    const grants = { 'I.x': () => [], 'I.y': (value: unknown) => [String(value)] };
    expect(problemsOf('input I { y: Scope = A } type Query { x(i: I): Int @public }', { grants })).toEqual([
      '- I.x has a grant, but is no input field',
      '- I.y has a default that grants scopes',
    ]);
  });
});

describe('A policy compiles', () => {
  it('with any internal values of the enum', () => {
    const resolvers = { Scope: { ADMIN: 'admin', POSTS_READ: 7 } };
    expect(createSample({ resolvers }).policy.matrix()).toBe(createSample().policy.matrix());
  });

  it('for more scopes than a machine word has bits', () => {
    const scopes = Array.from({ length: 100 }, (_, index) => `S${index}`);
    const fields = scopes.map((scope) => `${scope.toLowerCase()}: Int @auth(scope: ${scope})`);
    const sdl = `${DIRECTIVES} enum Scope { ${scopes.join(' ')} } type Query { ${fields.join(' ')} }`;
    const policy = compilePolicy(buildSchema(sdl), {
      ...OPTIONS,
      caller: () => ({ kind: 'APP', scopes: ['S31', 'S99'], name: 'the app' }),
      scopeLabel: (name) => name,
    });
    expect(policy.schema.getQueryType()?.getFields()['s99']?.description).toBe('Requires `S99`.');
  });

  it('without changing the schema that it was given', () => {
    const { bare, policy } = createSample();
    const field = (schema: typeof bare) => schema.getQueryType()?.getFields()['me'];
    expect(field(bare)?.description).toBeUndefined();
    expect(field(policy.schema)?.resolve).not.toBe(field(bare)?.resolve);
  });
});
