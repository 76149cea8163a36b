/*
 * Authorization of GraphQL by two directives in the schema, `@auth` and `@public`. Five phases, each a folder:
 *
 * 1. compile: read the rules from the SDL, add them up to one requirement for each coordinate, and check that no output
 *    field is without a rule.
 * 2. plan: list the coordinates that an operation uses, and what each requires. Kept for each document.
 * 3. decide: compare the plan with what the caller holds, the values of variables and the owners named in arguments. An
 *    operation is allowed or denied as a whole, before anything runs.
 * 4. enforce: guard root fields, so that nothing runs without a decision, and the fields on which only a result decides:
 *    the type behind an interface or union, and an owner below the root. A denied field is null, with an error.
 * 5. explain: word denials, describe requirements in the schema, print the policy as a matrix, compare two policies.
 *
 * A phase imports earlier ones only; enforce, which reports denials, imports explain too.
 */
import type { DocumentNode, GraphQLSchema } from 'graphql';
import type { Delegation, DerivedGrant } from './compile/argument-checks.js';
import { compileSchema } from './compile/compile-schema.js';
import type { Grant } from './compile/input-requirements.js';
import type { OwnerLookup } from './compile/owner-path.js';
import type { Caller } from './decide/caller.js';
import { Decider } from './decide/decider.js';
import type { Decision as UnwordedDecision } from './decide/decision.js';
import type { FailedCheck } from './decide/owner-lookups.js';
import { type AuthorizedContext, Authorizer } from './enforce/authorization.js';
import { FieldGuards } from './enforce/field-guards.js';
import { guardSchema } from './enforce/guard-schema.js';
import { TypeGuards } from './enforce/type-guards.js';
import { type DescribedDenial, describeDenial, type MessageFormat } from './explain/describe-denial.js';
import { matrixOf } from './explain/matrix.js';
import { type RequiredScopes, requiredScopesOf } from './explain/required-scopes.js';
import { Operations, type Variables } from './plan/operation.js';

export type { Delegation, DerivedGrant } from './compile/argument-checks.js';
export type { Grant } from './compile/input-requirements.js';
export type { OwnerLookup } from './compile/owner-path.js';
export type { Caller } from './decide/caller.js';
export type { AuthorizedContext } from './enforce/authorization.js';
export { type DescribedDenial, formatDenial, type Shortfall } from './explain/describe-denial.js';
export { diffPolicies, type PolicyDifference } from './explain/difference.js';
export type { RequiredScopes } from './explain/required-scopes.js';

/** What a policy needs that is not in the schema. */
export interface PolicyOptions<Context extends AuthorizedContext> {
  /** Who makes the request. */
  readonly caller: (context: Context) => Caller;
  /** The wire form of a scope, as credentials carry it and messages show it: `POINTS_ADD` is `points:add`. */
  readonly scopeLabel: (name: string) => string;
  /** The owner look-ups, by the coordinate at which an owner path ends; see `OwnerLookup`. */
  readonly owners: Readonly<Record<string, OwnerLookup<Context>>>;
  /** The scopes that the values of input fields grant, by coordinate: `IssueTokenInput.scopes`; see `Grant`. */
  readonly grants?: Readonly<Record<string, Grant>>;
  /** The scopes that input objects grant by one of their fields, by its coordinate; see `DerivedGrant`. */
  readonly derivedGrants?: Readonly<Record<string, DerivedGrant>>;
  /**
   * Which values give access to others, by the coordinate of a field or input field: `Mutation.issueToken`. They are denied to
   * callers with `mayDelegate: false`; see `Delegation`.
   */
  readonly delegations?: Readonly<Record<string, Delegation<Context>>>;
  /** Called when a look-up fails. The coordinate is denied with `INTERNAL_SERVER_ERROR`. */
  readonly onInternalError: (error: unknown, failed: FailedCheck<Context>) => void;
  /** Whether a look-up failed because something it depends on is unavailable for now. The denial is then `UNAVAILABLE`, and can be retried. */
  readonly isUnavailable?: (error: unknown) => boolean;
  /**
   * Verifies the caller again, before each root field of a mutation but the first. `caller` then returns what they hold
   * now, and the operation is decided on again if that has changed. What it throws is the field's error.
   */
  readonly recheck?: (context: Context) => Promise<void>;
  /** A sentence for messages: how the caller gets what is missing; see `Shortfall`. */
  readonly advice?: MessageFormat['advice'];
  /** How many decisions are kept for a plan. Documents and plans are held weakly. Default 100. */
  readonly cacheSize?: number;
}

/** The decision on an operation as a whole. */
export type Decision =
  | { readonly kind: 'ALLOWED' }
  | {
      readonly kind: 'DENIED';
      /** One for each denied coordinate, in the order of the document; at most 20. */
      readonly denials: readonly DescribedDenial[];
      /** Scopes that the operation requires, and of a choice the first, as names in the enum's order. */
      readonly requiredScopes: readonly string[];
      /** Whether the caller sent no credential at all. */
      readonly anonymous: boolean;
    };

/** A compiled policy. */
export interface Policy<Context extends AuthorizedContext> {
  /** The schema to execute: its fields are guarded, and each description ends with what its coordinate requires. */
  readonly schema: GraphQLSchema;
  /**
   * Decides on an operation as a whole, before anything runs, and keeps the decision in `context.authorization` for its
   * execution. A promise only where an owner must be looked up.
   */
  decide(request: {
    readonly document: DocumentNode;
    readonly operationName?: string | null | undefined;
    /** As the client sent them. */
    readonly variables?: Variables | null | undefined;
    readonly context: Context;
  }): Decision | Promise<Decision>;
  /** What an operation requires of any caller; undefined where the document has no such operation. */
  requiredScopes(document: DocumentNode, operationName?: string | null): RequiredScopes | undefined;
  /** Every coordinate and what it requires, as a Markdown table. */
  matrix(): string;
}

/**
 * Compiles the `@auth` and `@public` of an executable schema.
 *
 * `decide` denies an operation as a whole if it uses some coordinate that is denied whatever the result is. A coordinate
 * needs its own rule AND its type's AND those of the interfaces AND that of the type returned AND those of the arguments
 * and input fields that are given.
 *
 * The guards in `schema` decide on what only a result shows. What is denied there is null, with one error for the
 * selection; where the type is non-null, each position has the same error object, and `new Set(result.errors)` has it once.
 *
 * Executing `schema` without `decide` is still safe: the first field decides, and no field of a denied operation is
 * resolved. Never execute the schema passed in: it is not changed, and so not guarded.
 *
 * @example
 * import { makeExecutableSchema } from '@graphql-tools/schema';
 * import { graphql, parse } from 'graphql';
 * import { compilePolicy } from './policy.js';
 *
 * const schema = makeExecutableSchema({
 *   typeDefs: `
 *     directive @auth(scope: [Scope!], anyScope: [Scope!], owner: String, kind: CredentialKind)
 *       on FIELD_DEFINITION | OBJECT | INTERFACE
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
 *   caller: ({ userId }) => ({ kind: 'USER', userId, scopes: [], name: `the user ${userId}` }),
 *   scopeLabel: (name) => name.toLowerCase().replace('_', ':'),
 *   owners: { 'Query.note(id:)': isOwn, 'Note.id': isOwn },
 *   onInternalError: (error, { coordinate }) => console.error(coordinate, error),
 * });
 *
 * const context = { userId: 'ada' };
 * const decision = await policy.decide({ document: parse('{ note(id: "bob-1") { id } }'), context });
 * // decision.denials[0].message: 'Query.note requires `notes:read`, but the user ada lacks `notes:read` and is not the owner.'
 * const result = await graphql({ schema: policy.schema, source: '{ notes { text } }', contextValue: context });
 * // result.data: { notes: [{ text: 'Hello' }, { text: null }] }, result.errors[0].path: ['notes', 1, 'text']
 *
 * @throws {Error} where a rule, an owner path, a grant or a delegation is missing or invalid, naming all of them with file and line.
 */
export function compilePolicy<Context extends AuthorizedContext>(
  schema: GraphQLSchema,
  options: PolicyOptions<Context>,
): Policy<Context> {
  const { caller, scopeLabel, owners, grants = {}, derivedGrants = {}, delegations = {}, cacheSize = 100 } = options;
  const format: MessageFormat = { scopeLabel, advice: options.advice };
  const compiled = compileSchema(schema, {
    lookups: Object.keys(owners),
    grants,
    delegations: Object.keys(delegations),
    derivedGrants: Object.keys(derivedGrants),
  });
  const operations = new Operations(compiled);
  const decider = new Decider({ ...options, derivedGrants, delegations, compiled, cacheSize });
  const authorizer = new Authorizer(operations, decider, caller);
  const typeGuards = new TypeGuards({ compiled, authorizer, format });
  const fieldGuards = new FieldGuards({ ...options, compiled, authorizer, typeGuards, format });

  return {
    schema: guardSchema(compiled, { fieldGuards, typeGuards, scopeLabel }),
    decide({ document, operationName, variables, context }) {
      const operation = operations.ofDocument(document, operationName);
      if (!operation) return { kind: 'ALLOWED' }; // execution reports that there is none
      const request = { operation, variables: variables ?? {}, areCoerced: false, caller: caller(context), context };
      const decided = decider.decide(request);
      authorizer.expect(context, decided);
      const describe = (decision: UnwordedDecision) => describeDecision(decision, request.caller, format);
      return decided.decision instanceof Promise ? decided.decision.then(describe) : describe(decided.decision);
    },
    requiredScopes(document, operationName) {
      const operation = operations.ofDocument(document, operationName);
      return operation && requiredScopesOf(operation.widestPlan(), compiled.requirements, derivedGrants);
    },
    matrix: () => matrixOf(compiled, scopeLabel),
  };
}

function describeDecision(decision: UnwordedDecision, caller: Caller, format: MessageFormat): Decision {
  if (decision.kind === 'ALLOWED') return decision;
  const { kind, denials, requiredScopes } = decision;
  return {
    kind,
    denials: denials.map((denial) => describeDenial(denial, caller, format)),
    requiredScopes,
    anonymous: caller.kind === 'ANONYMOUS',
  };
}
