import type { DocumentNode, GraphQLSchema } from 'graphql';
import { catalogueOf, fingerprintOf, linesOf } from './catalogue.js';
import { Completion } from './completion.js';
import type { Caller, Wording } from './denial.js';
import { matrixOf, type RequiredScopes, requiredScopesOf } from './discovery.js';
import { Executions } from './execution.js';
import { guardSchema, lostGates } from './guard.js';
import { Judge, type Verdict } from './judge.js';
import { Operations, type Variables } from './operation.js';
import { type OwnerLookup, resolveOwnerPaths } from './owner.js';
import { Requirements } from './requirement.js';
import { readRules } from './rule.js';
import { type Grant, SuppliedInputs } from './supplied.js';

export { type Caller, type Denial, formatDenial } from './denial.js';
export { diffPolicies, type PolicyDifference } from './difference.js';
export type { RequiredScopes } from './discovery.js';
export type { Verdict } from './judge.js';
export type { OwnerLookup } from './owner.js';
export type { Grant } from './supplied.js';

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
  /** Hears of a look-up that failed, which is a denial. */
  readonly onInternalError: (error: unknown, coordinate: string) => void;
  /** A sentence for messages: how this caller gets the scopes that are missing, given by their names. */
  readonly advice?: Wording['advice'];
  /** How many plans are kept for an operation, and verdicts for a plan. Documents themselves are held weakly. Default 100. */
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
 * Compiles the `@auth` and `@public` of an executable schema.
 *
 * @throws {Error} where the policy has a hole or a contradiction, naming every coordinate with file and line.
 */
export function compilePolicy<Context>(schema: GraphQLSchema, options: PolicyOptions<Context>): Policy<Context> {
  const { caller, advice, scopeLabel, cacheSize = 100 } = options;
  const book = readRules(schema);
  const requirements = new Requirements(book);
  const owners = resolveOwnerPaths(schema, book, Object.keys(options.owners));
  const ground = {
    schema,
    requirements,
    owners,
    supplied: new SuppliedInputs(schema, requirements, options.grants ?? {}),
  };
  const judge = new Judge({ ...options, ground, requirements, cacheSize });
  const operations = new Operations(ground, cacheSize);
  const executions = new Executions(operations, judge, caller);
  const completion = new Completion({ ...options, advice, scopeLabel, ground, requirements, executions });

  const guarded = guardSchema(schema, completion, { requirements, scopeLabel });
  const catalogue = catalogueOf(schema);

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
