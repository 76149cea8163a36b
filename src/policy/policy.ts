import type { DocumentNode, GraphQLSchema } from 'graphql';
import { catalogueOf, fingerprintOf, linesOf } from './catalogue.js';
import { Completion } from './completion.js';
import type { Caller, Wording } from './denial.js';
import { matrixOf, type RequiredScopes, requiredScopesOf } from './discovery.js';
import { Executions } from './execution.js';
import { guardSchema, lostGates } from './guard.js';
import { Judge } from './judge.js';
import { Operations, type Variables } from './operation.js';
import { type OwnerLookup, resolveOwnerPaths } from './owner.js';
import type { FailedCheck } from './question.js';
import { type Grant, SuppliedInputs } from './supplied.js';
import type { Verdict } from './verdict.js';

export { type Caller, type Denial, formatDenial } from './denial.js';
export { diffPolicies, type PolicyDifference } from './difference.js';
export type { RequiredScopes } from './discovery.js';
export type { OwnerLookup } from './owner.js';
export type { Grant } from './supplied.js';
export type { Verdict } from './verdict.js';

/** How a policy learns what is not in the schema. */
export interface PolicyOptions<Context> {
  /** Who asks. */
  readonly caller: (context: Context) => Caller;
  /** The wire form of a scope, as credentials carry it and messages show it: `POINTS_ADD` is `points:add`. */
  readonly scopeLabel: (name: string) => string;
  /** The owner look-ups, by the coordinate at which an owner path ends; see `OwnerLookup`. */
  readonly owners: Readonly<Record<string, OwnerLookup<Context>>>;
  /** What the values of input fields hand out, by coordinate: `IssueTokenInput.scopes`; see `Grant`. */
  readonly grants?: Readonly<Record<string, Grant>>;
  /** Hears of a look-up that failed, which is a denial: `INTERNAL_SERVER_ERROR`. */
  readonly onInternalError: (error: unknown, failed: FailedCheck<Context>) => void;
  /** Whether a look-up failed because something is away for now: the denial is `UNAVAILABLE`, worth another try. */
  readonly isUnavailable?: (error: unknown) => boolean;
  /**
   * Verifies the caller again, before each root field of a mutation but the first: after it `caller` answers what they
   * hold now, and the operation is judged anew where that has changed. What it throws is the field's error.
   */
  readonly recheck?: (context: Context) => Promise<void>;
  /** A sentence for messages: how this caller gets the scopes that are missing, given by their names. */
  readonly advice?: Wording['advice'];
  /** How many verdicts are kept for a plan of an operation. Documents themselves are held weakly. Default 100. */
  readonly cacheSize?: number;
}

/** A compiled policy. */
export interface Policy<Context> {
  /** The schema to execute: gate two is in place, and each description ends with what its coordinate requires. */
  readonly schema: GraphQLSchema;
  /** Judges an operation as a whole, before anything runs. A promise only where an owner must be looked up. */
  judge(request: {
    readonly document: DocumentNode;
    readonly operationName?: string | null | undefined;
    /** As the client sent them. */
    readonly variables?: Variables | null | undefined;
    readonly context: Context;
  }): Verdict | Promise<Verdict>;
  /** What an operation requires, before anybody asks; undefined where the document has no such operation. */
  requiredScopes(document: DocumentNode, operationName?: string | null): RequiredScopes | undefined;
  /** Every coordinate and what it requires, as a Markdown table. */
  matrix(): string;
  /** A fingerprint of all rules: equal where two policies are. */
  readonly hash: string;
  /** @throws {Error} where a schema, after whatever was done to it, has lost a rule or a gate of this policy. */
  verifySchema(live: GraphQLSchema): void;
}

/**
 * Compiles the `@auth` and `@public` of an executable schema: the one table by which everything is judged, twice.
 *
 * Gate one, `judge`, refuses an operation as a whole, before anything runs: when some coordinate that it surely selects,
 * or supplies a value for, is denied whatever the result. A coordinate needs its own rule AND its type's AND those of the
 * interfaces AND that of the type returned AND those of the arguments and input fields supplied.
 * Gate two sits in the resolvers of `schema` and judges what only the result tells: the concrete type behind an interface
 * or union, and an owner below the root. What is denied there is null, with one error for the selection; where null may
 * not stand, the same error object bubbles from each place, and `new Set(result.errors)` has it once.
 *
 * Who executes `schema` without calling `judge` has forgotten nothing but the good answer: the first field judges the
 * operation, and a refused one resolves no field. The schema given stays as it is, and unguarded: execute it never.
 *
 * @example
 * import { makeExecutableSchema } from '@graphql-tools/schema';
 * import { graphql, parse } from 'graphql';
 * import { compilePolicy } from './policy.js';
 *
 * const schema = makeExecutableSchema({
 *   typeDefs: `
 *     directive @auth(scope: [Scope!], owner: String, kind: CredentialKind) on FIELD_DEFINITION | OBJECT | INTERFACE
 *     directive @public on FIELD_DEFINITION | OBJECT | INTERFACE
 *     enum CredentialKind { APP USER }
 *     enum Scope { NOTES_READ NOTES_WRITE }
 *     type Note @public { id: ID!  text: String @auth(scope: NOTES_READ, owner: "id") }
 *     type Query { notes: [Note!] @public  note(id: ID!): Note @auth(scope: NOTES_READ, owner: "id") }
 *   `,
 *   resolvers: {
 *     Query: {
 *       notes: () => [{ id: 'ada-1', text: 'Hello' }, { id: 'bob-1', text: 'Secret' }],
 *       note: (_source, { id }) => ({ id, text: 'Hello' }),
 *     },
 *   },
 * });
 *
 * const isOwn = (ids, { userId }) => ids.map((id) => id.startsWith(`${userId}-`)); // one call for all: one query
 * const policy = compilePolicy(schema, {
 *   caller: ({ userId }) => ({ kind: 'USER', userId, scopes: [], name: `The user ${userId}` }),
 *   scopeLabel: (name) => name.toLowerCase().replace('_', ':'),
 *   owners: { 'Query.note(id:)': isOwn, 'Note.id': isOwn },
 *   onInternalError: (error, { coordinate }) => console.error(coordinate, error),
 * });
 *
 * const context = { userId: 'ada' };
 * const refused = await policy.judge({ document: parse('{ note(id: "bob-1") { id } }'), context });
 * // refused.denials[0].message: 'Query.note requires `notes:read`. The user ada lacks `notes:read`, and this is not their own.'
 * const result = await graphql({ schema: policy.schema, source: '{ notes { text } }', contextValue: context });
 * // result.data: { notes: [{ text: 'Hello' }, { text: null }] }, result.errors[0].path: ['notes', 1, 'text']
 *
 * @throws {Error} where the policy has a hole or a contradiction, naming every coordinate with file and line.
 */
export function compilePolicy<Context>(schema: GraphQLSchema, options: PolicyOptions<Context>): Policy<Context> {
  const { caller, advice, scopeLabel, cacheSize = 100 } = options;
  const catalogue = catalogueOf(schema);
  const { book, requirements } = catalogue;
  const owners = resolveOwnerPaths(schema, book, Object.keys(options.owners));
  const ground = {
    schema,
    requirements,
    owners,
    supplied: new SuppliedInputs(schema, requirements, options.grants ?? {}),
  };
  const judge = new Judge({ ...options, ground, requirements, cacheSize });
  const operations = new Operations(ground);
  const executions = new Executions(operations, judge, caller);
  const completion = new Completion({ ...options, advice, scopeLabel, ground, requirements, executions });

  const guarded = guardSchema(schema, completion, { requirements, scopeLabel });

  return {
    schema: guarded.schema,
    hash: fingerprintOf(catalogue),
    judge({ document, operationName, variables, context }) {
      const operation = operations.ofDocument(document, operationName);
      if (!operation) return { allowed: true }; // execution says that there is none
      const request = { operation, variables: variables ?? {}, areCoerced: false, caller: caller(context), context };
      const judgement = judge.judge(request);
      executions.expect(context, judgement);
      return judgement.verdict;
    },
    requiredScopes(document, operationName) {
      const operation = operations.ofDocument(document, operationName);
      return operation && requiredScopesOf(operation.widestPlan(), requirements);
    },
    matrix: () => matrixOf(catalogue, scopeLabel),
    verifySchema(live) {
      const [compiled, found] = [linesOf(catalogue), linesOf(catalogueOf(live))];
      const coordinates = new Set([...compiled.keys(), ...found.keys()]);
      const lost = [...coordinates].filter((coordinate) => compiled.get(coordinate) !== found.get(coordinate));
      lost.push(...lostGates(live, guarded));
      if (lost.length > 0) throw new Error(`The schema is not the one whose policy was compiled: ${lost.join(', ')}.`);
    },
  };
}
