import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { diffPolicies } from '../../src/policy/policy.js';
import { DIRECTIVES, scopeLabel } from './sample.js';

function diff(before: string, after: string) {
  const build = (sdl: string) => buildSchema(`${DIRECTIVES} enum Scope { A B } input By { id: ID } ${sdl}`);
  const { looser, tighter } = diffPolicies({ before: build(before), after: build(after), scopeLabel });
  const names = (changes: typeof looser) => changes.map(({ coordinate }) => coordinate);
  return { looser: names(looser), tighter: names(tighter), sentences: [...looser, ...tighter][0] };
}

const query = (field: string) => `type Query { ${field} }`;

describe('The difference between two policies', () => {
  it.each([
    ['a scope fewer', 'x: Int @auth(scope: [A, B])', 'x: Int @auth(scope: A)'],
    ['no scope', 'x: Int @auth(scope: A)', 'x: Int @auth'],
    ['no credential', 'x: Int @auth', 'x: Int @public'],
    ['any kind', 'x: Int @auth(kind: APP)', 'x: Int @auth'],
    ['an owner', 'x(by: By): Int @auth(scope: A)', 'x(by: By): Int @auth(scope: A, owner: "by")'],
  ])('is looser for %s, and tighter in reverse', (_, strict, loose) => {
    expect(diff(query(strict), query(loose))).toMatchObject({ looser: ['Query.x'], tighter: [] });
    expect(diff(query(loose), query(strict))).toMatchObject({ looser: [], tighter: ['Query.x'] });
    expect(diff(query(strict), query(strict))).toMatchObject({ looser: [], tighter: [] });
  });

  it.each([
    ['another scope', 'x: Int @auth(scope: A)', 'x: Int @auth(scope: B)'],
    ['another kind', 'x: Int @auth(kind: APP)', 'x: Int @auth(kind: USER)'],
    [
      'an owner instead of a kind',
      'x(by: By): Int @auth(scope: A, kind: APP)',
      'x(by: By): Int @auth(scope: A, owner: "by", kind: USER)',
    ],
    [
      'another owner',
      'x(by: By, to: By): Int @auth(scope: A, owner: "by")',
      'x(by: By, to: By): Int @auth(scope: A, owner: "to")',
    ],
  ])('is looser and tighter for %s', (_, one, other) => {
    expect(diff(query(one), query(other))).toMatchObject({ looser: ['Query.x'], tighter: ['Query.x'] });
  });

  it('of a rule removed from a type is looser for each of its fields, and for each field that returns it', () => {
    const schema = (rule: string) => `type T ${rule} { x: Int  y: Int @auth(scope: A) } type Query { t: T @public }`;
    expect(diff(schema('@auth(scope: A)'), schema('@public'))).toMatchObject({
      looser: ['T', 'T.x', 'Query.t'],
      tighter: [],
    });
  });

  it('of a rule removed from an interface is looser for the types that implement it', () => {
    const schema = (rule: string) =>
      `interface I @public { x: Int ${rule} } type T implements I @public { x: Int } type Query { t: T @public }`;
    expect(diff(schema('@auth(scope: A)'), schema(''))).toMatchObject({ looser: ['I.x', 'T.x'] });
  });

  it('includes arguments and input fields', () => {
    const schema = (rule: string) => `input I { x: Int ${rule} } type Query { q(i: I, y: Int ${rule}): Int @public }`;
    expect(diff(schema('@auth(scope: A)'), schema(''))).toMatchObject({ looser: ['I.x', 'Query.q(y:)'] });
  });

  it('does not include fields that were added or removed', () => {
    expect(diff(query('x: Int @auth(scope: A)'), query('y: Int @public'))).toMatchObject({ looser: [], tighter: [] });
  });

  it('describes each change in sentences', () => {
    const { sentences } = diff(query('x: Int @auth(scope: [A, B])'), query('x: Int @public'));
    expect(sentences).toEqual({ coordinate: 'Query.x', before: 'Requires `a` and `b`.', after: 'Public.' });
  });
});
