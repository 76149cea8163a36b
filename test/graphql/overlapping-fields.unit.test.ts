import { makeExecutableSchema } from '@graphql-tools/schema';
import * as fc from 'fast-check';
import {
  buildSchema,
  Kind,
  NoUnusedVariablesRule,
  OverlappingFieldsCanBeMergedRule,
  parse,
  print,
  separateOperations,
  specifiedRules,
  validate,
  visit,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { findOverlap } from '../../src/graphql/overlapping-fields.js';
import { repeat } from '../http/hostile-request.js';
import { generateModel, generateOperation } from '../policy/property/generate.js';
import { printModel, printOperation } from '../policy/property/print.js';

const PETS = buildSchema(/* GraphQL */ `
  type Query {
    pet(id: ID, ids: [ID!], where: Where): Pet
    dog: Dog
    any: Any
  }
  input Where { a: String, b: String }
  interface Pet { name: String, friend: Pet }
  type Dog implements Pet { name: String, friend: Pet, size: Int, tag: String, need: String!, many: [String], owner: Dog }
  type Cat implements Pet { name: String, friend: Pet, size: Int, tag: Int, need: String, many: String, owner: Cat }
  union Any = Dog | Cat
`);

const find = (text: string, schema = PETS) => findOverlap(parse(text), { schema, maxSelections: 20_000 });
const otherRules = specifiedRules.filter(
  (rule) => rule !== OverlappingFieldsCanBeMergedRule && rule !== NoUnusedVariablesRule,
);

describe('Fields of one response name', () => {
  it.each([
    ['that are one field', '{ dog { name name } dog { name size } }'],
    [
      'with the same arguments in another order',
      '{ pet(id: 1, ids: [1, 2]) { name } pet(ids: [1, 2], id: 1) { name } }',
    ],
    [
      'with the same fields of an input in another order',
      '{ pet(where: { a: "a", b: "b" }) { name } pet(where: { b: "b", a: "a" }) { name } }',
    ],
    ['of types that no object has both of', '{ pet { ... on Dog { x: name } ... on Cat { x: name } } }'],
    [
      'that are different fields of types that no object has both of',
      '{ any { ... on Dog { x: size } ... on Cat { x: tag } } }',
    ],
    ['under conditions', 'query ($a: Boolean!) { dog @skip(if: $a) { name } dog @include(if: $a) { size } }'],
    [
      'in fragments in a chain',
      '{ dog { ...A ...B } } fragment A on Dog { name ...B } fragment B on Dog { name size }',
    ],
    ['of two operations', 'query A { pet(id: 1) { name } } query B { pet(id: 2) { name } }'],
  ])('can be merged: %s', (_which, text) => {
    expect(validate(PETS, parse(text))).toEqual([]);
    expect(find(text)).toBeUndefined();
  });

  it.each([
    ['that are different fields', '{ dog { name: size name } }', '"size" and "name" are different fields'],
    ['with different arguments', '{ pet(id: 1) { name } pet(id: 2) { name } }', 'they have differing arguments'],
    ['with an argument and without', '{ pet { name } pet(id: 2) { name } }', 'they have differing arguments'],
    [
      'with a list in another order',
      '{ pet(ids: [1, 2]) { name } pet(ids: [2, 1]) { name } }',
      'they have differing arguments',
    ],
    [
      'below fields that are merged',
      '{ dog { friend { ...A } } dog { friend { name: __typename } } } fragment A on Pet { name }',
      'are different fields',
    ],
    ['of an interface and a type', '{ pet { x: name ... on Dog { x: tag } } }', 'are different fields'],
    [
      'of different scalars',
      '{ pet { ... on Dog { x: tag } ... on Cat { x: tag } } }',
      'conflicting types "String" and "Int"',
    ],
    ['that may be null and may not', '{ pet { ... on Dog { need } ... on Cat { need } } }', '"String!" and "String"'],
    ['one of which is a list', '{ any { ... on Dog { many } ... on Cat { many } } }', '"[String]" and "String"'],
    [
      'below different types, of different shapes',
      '{ pet { ... on Dog { owner { x: tag } } ... on Cat { owner { x: tag } } } }',
      'conflicting types "String" and "Int"',
    ],
    ['in one of several operations', 'query A { dog { name } } query B { dog { x: name x: size } }', 'are different'],
  ])('cannot be merged: %s', (_which, text, reason) => {
    expect(validate(PETS, parse(text), otherRules)).toEqual([]);
    expect(validate(PETS, parse(text))).not.toEqual([]);
    const overlap = find(text);
    expect(overlap?.kind === 'CONFLICT' && overlap.error.message).toContain(reason);
    expect(overlap?.kind === 'CONFLICT' && overlap.error.locations).toHaveLength(2);
  });

  it('can be merged where graphql-js says so, for random documents', { timeout: 120_000 }, () => {
    const found = { valid: 0, conflict: 0 };
    fc.assert(
      fc.property(fc.gen(), (draw) => {
        const model = generateModel((arbitrary) => draw(() => arbitrary));
        const schema = makeExecutableSchema({ typeDefs: printModel(model) });
        const operation = generateOperation((arbitrary) => draw(() => arbitrary), model);
        // The generator gives each field a name of its own; here they share four. graphql ignores the type of `__typename`.
        const document = visit(parse(printOperation(operation)), {
          Field: ({ alias: _own, ...node }) => {
            const alias = draw(fc.constantFrom, 'a', 'b', 'c', 'd', undefined);
            if (alias === undefined || node.name.value === '__typename') return node;
            return { ...node, alias: { kind: Kind.NAME, value: alias } };
          },
        });
        const [parsed = document] = Object.values(separateOperations(document)); // without unused fragments
        fc.pre(validate(schema, parsed, otherRules).length === 0);
        const expected = validate(schema, parsed, [OverlappingFieldsCanBeMergedRule]);
        if (expected.length === 0) found.valid++;
        else found.conflict++;
        const overlap = findOverlap(parsed, { schema, maxSelections: 20_000 });
        expect(overlap?.kind, print(parsed)).toBe(expected.length === 0 ? undefined : 'CONFLICT');
      }),
      { numRuns: 150, endOnFailure: true },
    );
    expect(found.valid).toBeGreaterThan(20);
    expect(found.conflict).toBeGreaterThan(20);
  });
});

describe('The selections that are compared', () => {
  /** How many it takes. */
  const needed = (text: string) => {
    const document = parse(text);
    let [low, high] = [0, 1_000_000];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (findOverlap(document, { schema: PETS, maxSelections: middle })?.kind === 'TOO_MANY') low = middle + 1;
      else high = middle;
    }
    return low;
  };

  it.each([
    ['the same field', (count: number) => `{ dog { ${repeat(count, () => 'name')} } }`],
    ['the same field with a selection', (count: number) => `{ ${repeat(count, () => 'dog { name }')} }`],
    ['fields of different selections', (count: number) => `{ ${repeat(count, (index) => `dog { a${index}: name }`)} }`],
    ['fields with arguments', (count: number) => `{ ${repeat(count, () => 'pet(ids: [1, 2]) { name }')} }`],
    [
      'fragments',
      (count: number) =>
        `{ ${repeat(count, (index) => `...F${index}`)} } ${repeat(count, (index) => `fragment F${index} on Query { dog { name } }`)}`,
    ],
    [
      'fragments that spread the next one twice, under two names',
      (count: number) =>
        `{ dog { ...F0 } } ${repeat(count, (index) => `fragment F${index} on Dog { a: owner { ...F${index + 1} } b: owner { ...F${index + 1} } }`)} fragment F${count} on Dog { name }`,
    ],
  ])('grow in proportion to a document of %s', (_what, documentOf) => {
    const [few, many] = [needed(documentOf(20)), needed(documentOf(200))];
    expect(many / few).toBeLessThan(11);
  });

  it('are limited where fragments multiply them', () => {
    // Each name leads to all fragments of the next level but one, and so to any of their 4,096 sets.
    const names = Array.from({ length: 12 }, (_, index) => index);
    const fragment = (level: number, own: number) => {
      const fields = names.filter((name) => name !== own).map((name) => `a${name}: owner { ...F${level + 1}x${own} }`);
      return `fragment F${level}x${own} on Dog { ${level < 12 ? fields.join(' ') : 'name'} }`;
    };
    const levels = [...names, 12].map((level) => names.map((own) => fragment(level, own)).join(' '));
    const document = `{ dog { ${names.map((own) => `...F0x${own}`).join(' ')} } } ${levels.join(' ')}`;
    expect(validate(PETS, parse(document), otherRules)).toEqual([]);
    expect(find(document)).toEqual({ kind: 'TOO_MANY' });
  });
});
