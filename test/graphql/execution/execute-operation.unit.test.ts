import { setImmediate as nextTurn } from 'node:timers/promises';
import * as fc from 'fast-check';
import {
  buildSchema,
  type ExecutionResult,
  execute,
  GraphQLError,
  getOperationAST,
  isObjectType,
  parse,
  responsePathAsArray,
  specifiedRules,
  validate,
} from 'graphql';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Context } from '../../../src/graphql/context.js';
import { createExecuteOperation } from '../../../src/graphql/execution/execute-operation.js';
import { planOperation } from '../../../src/graphql/execution/plan-operation.js';
import { ResponseBudget, resolveCounted } from '../../../src/graphql/response-budget.js';

const FIELDS = /* GraphQL */ `
  thing: Thing
  must: Thing!
  things: [Thing]
  musts: [Thing!]!
  many: [[Int!]]
  name: String
  size(add: Int = 1, to: [Int!]): Int!
  color: Color
  method(add: Int): Int
`;
const schema = buildSchema(/* GraphQL */ `
  type Query { ${FIELDS} }
  type Mutation { ${FIELDS} }
  type Thing { ${FIELDS} }
  enum Color { RED GREEN }
`);

/** What a field does, chosen by its position and a seed. */
const BEHAVIOURS = [
  'VALUE',
  'VALUE',
  'VALUE',
  'LATER',
  'LATER',
  'NULL',
  'NULL_LATER',
  'THROWS',
  'REJECTS',
  'ERROR',
  'WRONG',
] as const;

/** The values of one execution. Those that come later come one by one, when they are released. */
class World {
  readonly #seed: number;
  #waiting: { readonly at: string; readonly release: () => void }[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** An object whose properties are decided when they are read. */
  source(at: string): object {
    return new Proxy(
      {},
      {
        get: (_target, name) => {
          if (typeof name !== 'string' || !(name in (schema.getQueryType()?.getFields() ?? {}))) return undefined;
          if (name === 'method') return ({ add }: { add?: number }) => this.field(`${at}.method`, add ?? 0);
          return this.field(`${at}.${name}`, 0);
        },
      },
    );
  }

  /** @param add to a number. */
  field(at: string, add: number): unknown {
    const failure = new GraphQLError(`The value at ${at} failed.`);
    switch (BEHAVIOURS[this.#pick(at, BEHAVIOURS.length)]) {
      case 'LATER':
        return this.#later(at).then(() => this.#value(at, add));
      case 'NULL':
        return null;
      case 'NULL_LATER':
        return this.#later(at).then(() => undefined);
      case 'THROWS':
        throw failure;
      case 'REJECTS':
        return this.#later(at).then(() => Promise.reject(failure));
      case 'ERROR':
        return failure;
      case 'WRONG':
        return { no: 'list and no scalar' };
      default:
        return this.#value(at, add);
    }
  }

  /** Releases what is waited for, in an order of the seed, until nothing is. */
  async drive<Result>(work: Promise<Result>): Promise<Result> {
    for (let step = 0; ; step++) {
      await nextTurn();
      if (this.#waiting.length === 0) return await work;
      this.#waiting.sort((one, other) => (one.at < other.at ? -1 : 1));
      const [next] = this.#waiting.splice(this.#pick(`step ${step}`, this.#waiting.length), 1);
      next?.release();
    }
  }

  #value(at: string, add: number): unknown {
    switch (at.slice(at.lastIndexOf('.') + 1)) {
      case 'thing':
      case 'must':
        return this.source(at);
      case 'things':
      case 'musts':
        return this.#list(at, (item) => this.#item(item, () => this.source(item)));
      case 'many':
        return this.#list(at, (item) =>
          this.#item(item, () => this.#list(item, (inner) => this.#item(inner, () => 7))),
        );
      case 'name':
        return 'n'.repeat(this.#pick(`${at} length`, 400));
      case 'color':
        return this.#pick(`${at} color`, 3) === 0 ? 'BLUE' : 'RED';
      default:
        return 1 + add;
    }
  }

  #list(at: string, itemAt: (at: string) => unknown): unknown[] {
    return Array.from({ length: this.#pick(`${at} length`, 4) }, (_, index) => itemAt(`${at}[${index}]`));
  }

  #item(at: string, value: () => unknown): unknown {
    const behaviours = [value, value, value, () => null, () => new GraphQLError(`The item ${at} failed.`)];
    const chosen = behaviours[this.#pick(`${at} item`, behaviours.length)] ?? value;
    return this.#pick(`${at} later`, 3) === 0 ? this.#later(at).then(chosen) : chosen();
  }

  #later(at: string): Promise<void> {
    return new Promise((release) => this.#waiting.push({ at, release }));
  }

  #pick(what: string, count: number): number {
    let hash = this.#seed;
    for (const character of what) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
    return hash % count;
  }
}

/** The fields of the root types, and `size`, have resolvers; the others are read from their objects. */
for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
  for (const field of Object.values(type.getFields())) {
    if (type.name.startsWith('__') || (type.name === 'Thing' && field.name !== 'size')) continue;
    field.resolve = (_source, { add = 0, to = [] }, { world }: { world: World }, { path, fieldName }) =>
      world.field(`${responsePathAsArray(path).join('.')}.${fieldName}`, add + to.length);
  }
}

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
      ...['name', 'n: name', '__typename', 't: __typename', 'color', '__proto__: name', 'many', 'method(add: 2)'],
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
