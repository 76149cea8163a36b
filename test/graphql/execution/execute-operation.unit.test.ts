import { setImmediate as nextTurn } from 'node:timers/promises';
import * as fc from 'fast-check';
import { buildSchema, type ExecutionResult, execute, getOperationAST, parse, specifiedRules, validate } from 'graphql';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Context } from '../../../src/graphql/context.js';
import { createExecuteOperation } from '../../../src/graphql/execution/execute-operation.js';
import { planOperation } from '../../../src/graphql/execution/plan-operation.js';
import { ResponseBudget, resolveCounted } from '../../../src/graphql/response-budget.js';
import { schema, World } from './world.js';

const contextOf = (world: World, maxBytes: number) =>
  ({ world, response: new ResponseBudget(maxBytes) }) as unknown as Context;

function plain({ data, errors }: ExecutionResult) {
  return {
    data: JSON.stringify(data),
    errors: errors?.map(({ message, path, locations }) => ({ message, path, locations })),
  };
}

/** Rejections that nothing handles: graphql-js leaves some, where an item of a list fails while others are awaited. */
const unhandled: unknown[] = [];

function watchUnhandledRejections(): void {
  const others = process.listeners('unhandledRejection');
  const listener = (reason: unknown) => void unhandled.push(reason);
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', listener);
  onTestFinished(() => {
    process.off('unhandledRejection', listener);
    for (const other of others) process.on('unhandledRejection', other);
  });
}

/** What graphql-js returns, and what Scrip does, with the same values that come in the same order. */
async function both(text: string, { seed = 1, variables = {}, maxBytes = 1_000 } = {}) {
  const document = parse(text);
  const operation = getOperationAST(document) ?? expect.fail('There is no operation.');
  const valid = { document, operation, operationName: null };
  const [theirs, ours] = [new World(seed), new World(seed)];
  const expected = await theirs.drive(
    Promise.resolve(
      execute({
        schema,
        document,
        variableValues: variables,
        contextValue: contextOf(theirs, maxBytes),
        fieldResolver: resolveCounted,
      }),
    ),
  );
  await nextTurn();
  const unhandledBefore = unhandled.length;
  const actual = await ours.drive(executeOperation(valid, { variables, context: contextOf(ours, maxBytes) }));
  await nextTurn();
  if (isPlanned(text)) expect(unhandled.slice(unhandledBefore)).toEqual([]);
  return { expected: plain(expected), actual: plain(actual) };
}

const executeOperation = createExecuteOperation(schema);

function isPlanned(text: string): boolean {
  const document = parse(text);
  const operation = getOperationAST(document) ?? expect.fail('There is no operation.');
  return planOperation(schema, document, operation) !== undefined;
}

/** A selection set of things, or of a root type, without the names of fragments that may follow. */
const { selections } = fc.letrec<{ selections: string; selection: string }>((tie) => ({
  selections: fc.array(tie('selection'), { minLength: 1, maxLength: 5 }).map((all) => `{ ${all.join(' ')} }`),
  selection: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom(
      ...['name', 'n: name', '__typename', 't: __typename', 'color', 'many', 'method(add: 2)', 'plain(by: $add)'],
      ...[
        'size',
        's: size(add: 3)',
        'v: size(add: $add, to: [1, 2])',
        'size @skip(if: true)',
        'name @include(if: false)',
      ],
      'color @skip(if: false)',
    ),
    fc.tuple(fc.constantFrom('thing', 'must', 'a: must', 'things', 'musts', 'b: musts'), tie('selections')).map(join),
    fc.tuple(fc.constantFrom('...', '... @include(if: true)', '... @skip(if: true)'), tie('selections')).map(join),
    fc.constantFrom('must { ...A }', 'thing { ...B @skip(if: false) }', 'things { ...A ...B }'),
  ),
}));

function join(parts: readonly string[]): string {
  return parts.join(' ');
}

const RULES = specifiedRules.filter(({ name }) => !/^NoUnused(Fragments|Variables)Rule$/.test(name));

describe('The execution of an operation', () => {
  it('returns what that of graphql-js returns, for random operations and values', { timeout: 120_000 }, async () => {
    watchUnhandledRejections();
    const found = { data: 0, noData: 0, errors: 0, planned: 0 };
    const operations = fc.record({
      kind: fc.constantFrom('query', 'mutation'),
      root: selections,
      fragments: fc.tuple(selections, selections),
      add: fc.constantFrom(5, null, undefined),
      seed: fc.nat(),
      maxBytes: fc.constantFrom(1_000, 100_000),
    });
    await fc.assert(
      fc.asyncProperty(operations, async ({ kind, root, fragments: [a, b], add, seed, maxBytes }) => {
        const text = `${kind} ($add: Int = 4) ${root} fragment A on Thing ${a.replaceAll('...A', 'size')} fragment B on Thing ${b.replace(/\.\.\.[AB]/g, 'name')}`;
        fc.pre(validate(schema, parse(text), RULES).length === 0);
        const { expected, actual } = await both(text, { seed, variables: add === undefined ? {} : { add }, maxBytes });
        expect(actual, text).toEqual(expected);
        found[expected.data === 'null' ? 'noData' : 'data']++;
        if (expected.errors !== undefined) found.errors++;
        if (isPlanned(text)) found.planned++;
      }),
      { numRuns: 1_000, endOnFailure: true },
    );
    for (const count of Object.values(found)) expect(count).toBeGreaterThan(100);
  });

  it.each([
    ['fields, aliases and arguments', '{ name n: name size(add: 3) __typename }', true],
    ['fragments', '{ thing { ...A } ... { must { ...A } } } fragment A on Thing { name }', true],
    ['conditions that the document decides', '{ name @skip(if: true) color @include(if: true) }', true],
    ['a condition that a variable decides', 'query ($yes: Boolean!) { name @include(if: $yes) }', false],
    ['an alias that is no property like others', '{ __proto__: name }', false],
    ['the schema', '{ __type(name: "Thing") { name } }', false],
    [
      'fragments that double with each of ten levels',
      `{ ...F9 } ${Array.from({ length: 9 }, (_, n) => `fragment F${n + 1} on ${n === 8 ? 'Query' : 'Thing'} { a: must { ...F${n} } b: must { ...F${n} } }`).join(' ')} fragment F0 on Thing { name }`,
      false,
    ],
  ])('goes by a plan, or is left to graphql-js: %s', async (_what, text, expected) => {
    expect(validate(schema, parse(text))).toEqual([]);
    expect(isPlanned(text)).toBe(expected);
    const { expected: theirs, actual } = await both(text, { variables: { yes: true } });
    expect(actual).toEqual(theirs);
  });

  it('is not left to a plan where the type of a value decides on the fields', () => {
    const pets = buildSchema(
      'type Query { pet: Pet } interface Pet { name: String } type Dog implements Pet { name: String }',
    );
    const document = parse('{ pet { name } }');
    const operation = getOperationAST(document) ?? expect.fail('There is no operation.');
    expect(planOperation(pets, document, operation)).toBeUndefined();
  });

  it('returns the errors of variables that do not fit their types, as graphql-js does', async () => {
    const { expected, actual } = await both('query ($add: Int!) { size(add: $add) }', { variables: { add: 'x' } });
    expect(actual).toEqual(expected);
    expect(actual.data).toBeUndefined();
  });
});
