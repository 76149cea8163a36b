import { describe, expect, it } from 'vitest';
import { operationTitle } from '../../../src/web/console/scopes/operation-title.js';
import { splitOperations } from '../../../src/web/console/scopes/split-operations.js';

describe('Operations of an application', () => {
  it('are split, each with the fragments that it uses', () => {
    const text = `
      query Names { users { nodes { ...Name } } }
      fragment Name on User { username }
      mutation Reward($input: AddPointsInput!) { addPoints(input: $input) { points } }`;
    const result = splitOperations(text);
    expect(result.kind === 'VALID' && result.documents.map((document) => document.replaceAll(/\s+/g, ' '))).toEqual([
      'query Names { users { nodes { ...Name } } } fragment Name on User { username }',
      'mutation Reward($input: AddPointsInput!) { addPoints(input: $input) { points } }',
    ]);
  });

  it.for([
    ['fragment Name on User { username }', 'Enter at least one operation.'],
    [
      'query A { viewer { kind } } query A { viewer { scopes } }',
      'Two operations are named A. Give each its own name.',
    ],
    ['{ viewer { kind } } query A { viewer { kind } }', 'Name each operation where there are several.'],
    ['{ viewer {\n kind', 'Line 2: Syntax Error: Expected Name, found <EOF>.'],
    [`{ ${'a'.repeat(131_072)} }`, 'The operations are longer than 128 KB.'],
    [
      Array.from({ length: 201 }, (_, index) => `query Q${index} { viewer { kind } }`).join(' '),
      'Enter at most 200 operations. There are 201.',
    ],
  ] as const)('are refused with a reason', ([text, message]) => {
    expect(splitOperations(text)).toEqual({ kind: 'INVALID', message });
  });
});

describe('The title of an operation', () => {
  it.for([
    ['query Names { users { nodes { username } } }', 'query Names'],
    ['mutation($input: AddPointsInput = { reason: "a {" }) { addPoints(input: $input) { points } }', 'mutation'],
    ['{ mutation { query } }', 'query'],
    [
      '# query Old\nfragment query on User { subscription } subscription Live { pointsChanged { id } }',
      'subscription Live',
    ],
  ] as const)('is its kind and its name: %s', ([text, title]) => {
    expect(operationTitle(text)).toBe(title);
  });
});
