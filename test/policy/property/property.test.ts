import { makeExecutableSchema } from '@graphql-tools/schema';
import * as fc from 'fast-check';
import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLResolveInfo,
  NoUnusedFragmentsRule,
  NoUnusedVariablesRule,
  parse,
  print,
  specifiedRules,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { type AuthorizedContext, compilePolicy, type Policy } from '../../../src/policy/policy.js';
import { generateModel, generateOperation, SCOPES } from './generate.js';
import {
  type Caller,
  compositeOf,
  derivedOf,
  fieldValueOf,
  isDelegated,
  isOwn,
  type Model,
  type Operation,
  type Thing,
} from './model.js';
import { expectationOf } from './oracle.js';
import { printModel, printOperation } from './print.js';

interface Context extends AuthorizedContext {
  readonly caller: Caller;
  readonly resolved: string[];
}

/** All callers: anonymous, and an app, limited or not, and a user for every set of scopes, each after all of its subsets. */
const SUBSETS = Array.from({ length: 2 ** SCOPES.length }, (_, bits) =>
  SCOPES.filter((_, index) => (bits >> index) & 1),
);
const CALLERS: readonly Caller[] = [
  { kind: 'ANONYMOUS' },
  ...SUBSETS.map((scopes) => ({ kind: 'APP', scopes, mayDelegate: false }) as const),
  ...(['APP', 'USER'] as const).flatMap((kind) => SUBSETS.map((scopes) => ({ kind, scopes, mayDelegate: true }))),
];
const RULES = specifiedRules.filter((rule) => rule !== NoUnusedVariablesRule && rule !== NoUnusedFragmentsRule);

/** The number of random schemas; each runs one operation for each of the callers, decided on beforehand and not. */
const RUNS = 150;

describe('For random schemas, operations and callers, the policy', () => {
  it('44: agrees with the oracle, and never gives less for more scopes', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.gen(), async (draw) => {
        const model = generateModel((arbitrary) => draw(() => arbitrary));
        const operation = generateOperation((arbitrary) => draw(() => arbitrary), model);
        const policy = compile(model);
        const document = parse(printOperation(operation));
        fc.pre(validate(policy.schema, document, RULES).length === 0);

        const given = new Map<Caller, Given>();
        for (const caller of CALLERS) {
          try {
            given.set(caller, await checkAgainstOracle({ model, operation, policy, document, caller }));
          } catch (error) {
            const texts = [
              printModel(model),
              print(document),
              JSON.stringify(operation.variables),
              JSON.stringify(caller),
            ];
            throw new Error(texts.join('\n'), { cause: error });
          }
        }
        for (const [caller, less] of given) {
          for (const [other, more] of given) if (isWithin(caller, other)) checkGrowth(less, more, model);
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});

interface Given {
  readonly deniedBeforehand: readonly string[] | undefined;
  readonly data: unknown;
}

interface Trial {
  readonly model: Model;
  readonly operation: Operation;
  readonly policy: Policy<Context>;
  readonly document: DocumentNode;
  readonly caller: Caller;
}

async function checkAgainstOracle({ model, operation, policy, document, caller }: Trial): Promise<Given> {
  const { deniedBeforehand, denied, data } = expectationOf(model, operation, caller);
  const { variables } = operation;
  const run = async (contextValue: Context) =>
    execute({ schema: policy.schema, document, contextValue, variableValues: variables });

  const decided: Context = { caller, resolved: [] };
  const decision = await policy.decide({ document, variables, context: decided });
  const coordinates = decision.kind === 'ALLOWED' ? [] : decision.denials.map(({ coordinate }) => coordinate);
  expect(new Set(coordinates)).toEqual(deniedBeforehand.size > 20 ? expect.anything() : deniedBeforehand);
  expect(coordinates.length).toBe(Math.min(deniedBeforehand.size, 20));

  const undecided: Context = { caller, resolved: [] };
  const [result, direct] = [await run(decided), await run(undecided)];
  expect(plain(direct)).toEqual(plain(result));
  if (decision.kind === 'DENIED') {
    expect([...decided.resolved, ...undecided.resolved]).toEqual([]);
    // The name of the root type is public.
    expect(leavesOf(plain(result)).filter((leaf) => !/ = (?:Query|Mutation)$/.test(leaf))).toEqual([]);
    return { deniedBeforehand: coordinates, data: undefined };
  }
  expect(plain(result)).toEqual(data);
  // Errors below what is null anyway may go unreported; all others are reported, each once.
  const reported = [...new Set(result.errors)].flatMap(({ path, extensions }) => {
    const isNull = extensions['coordinate'] === undefined;
    return isNull ? [] : [`${extensions['coordinate']} .${path?.filter((key) => typeof key === 'string').join('.')}`];
  });
  expect(new Set(reported).size).toBe(reported.length);
  expect(reported.filter((selection) => !denied.has(selection))).toEqual([]);
  expect(reported.length === 0).toBe(denied.size === 0);
  return { deniedBeforehand: undefined, data };
}

function compile(model: Model): Policy<Context> {
  const resolve = (parent: Thing | undefined, _args: unknown, context: Context, info: GraphQLResolveInfo): unknown => {
    context.resolved.push(`${info.parentType.name}.${info.fieldName}`);
    const field = compositeOf(model, info.parentType.name)?.fields.find(({ name }) => name === info.fieldName);
    return field && fieldValueOf(model, field, parent?.id ?? 1);
  };
  const resolvers = model.composites.map(({ kind, name, fields }) => [
    name,
    kind === 'interface'
      ? { __resolveType: ({ type }: Thing) => type }
      : Object.fromEntries(fields.map((field) => [field.name, resolve])),
  ]);
  const union = { U: { __resolveType: async ({ type }: Thing) => type } };
  const schema = makeExecutableSchema({
    typeDefs: printModel(model),
    resolvers: { ...Object.fromEntries(resolvers), ...union },
  });
  const ends = model.composites.flatMap(({ name, fields }) =>
    fields.flatMap((field) => {
      if (!field.rule?.owner) return [];
      return [field.rule.owner === 'by' ? `${name}.${field.name}(by:)` : `${name}.id`];
    }),
  );
  return compilePolicy<Context>(schema, {
    caller: ({ caller }) => (caller.kind === 'ANONYMOUS' ? caller : { ...caller, userId: 'me', name: 'the caller' }),
    scopeLabel: (name) => name,
    owners: Object.fromEntries(ends.map((end) => [end, (values: readonly unknown[]) => values.map(isOwn)])),
    delegations: Object.fromEntries(model.delegations.map((coordinate) => [coordinate, isDelegated])),
    derivedGrants: model.isDerived ? { 'In.b': derivedOf } : {},
    onInternalError: (error) => {
      throw error;
    },
  });
}

function isWithin(caller: Caller, other: Caller): boolean {
  if (caller.kind === 'ANONYMOUS') return other.kind === 'ANONYMOUS' || other.mayDelegate;
  if (other.kind !== caller.kind || (caller.mayDelegate && !other.mayDelegate)) return false;
  return caller.scopes.every((scope) => other.scopes.includes(scope));
}

/**
 * More scopes, or being allowed to delegate, lead to no new denial, and what was shown stays shown. What follows from whole
 * objects is asked only where all else is allowed.
 */
function checkGrowth(less: Given, more: Given, { isDerived }: Model): void {
  if (!less.deniedBeforehand) expect(more.deniedBeforehand).toBeUndefined();
  if (less.deniedBeforehand && more.deniedBeforehand && more.deniedBeforehand.length < 20) {
    const direct = more.deniedBeforehand.filter((coordinate) => !isDerived || coordinate !== 'In.b');
    expect(less.deniedBeforehand).toEqual(expect.arrayContaining(direct));
  }
  if (!less.deniedBeforehand) expect(leavesOf(more.data)).toEqual(expect.arrayContaining(leavesOf(less.data)));
}

/** Every value of a response that is not null, with its path. */
function leavesOf(data: unknown, path = ''): string[] {
  if (data === null || data === undefined) return [];
  if (typeof data !== 'object') return [`${path} = ${data}`];
  return Object.entries(data).flatMap(([key, value]) => leavesOf(value, `${path}.${key}`));
}

function plain({ data }: ExecutionResult): unknown {
  return JSON.parse(JSON.stringify(data ?? null));
}
