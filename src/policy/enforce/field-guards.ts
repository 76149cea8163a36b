import {
  defaultFieldResolver,
  type GraphQLAbstractType,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import type { CompiledSchema } from '../compile/compile-schema.js';
import { NONE } from '../compile/permissions.js';
import { permissionsOf } from '../compile/requirement.js';
import type { Decision } from '../decide/decision.js';
import type { Denial } from '../decide/denial.js';
import type { OwnerLookups, Ownership } from '../decide/owner-lookups.js';
import type { MessageFormat } from '../explain/describe-denial.js';
import type { AuthorizedContext, Authorizer } from './authorization.js';
import { type Call, CallOwners } from './call-owners.js';
import { coordinateOf, denialOf, denialResult, throwIfError } from './denial-error.js';
import type { TypeGuards } from './type-guards.js';

export interface FieldGuardOptions<Context extends AuthorizedContext> extends OwnerLookups<Context> {
  readonly compiled: CompiledSchema;
  readonly authorizer: Authorizer<Context>;
  readonly typeGuards: TypeGuards<Context>;
  readonly format: MessageFormat;
  readonly recheck?: ((context: Context) => Promise<void>) | undefined;
}

type Resolve<Context> = GraphQLFieldResolver<unknown, Context>;

/** The functions that replace a field's own. */
export interface GuardedField<Context> {
  readonly resolve?: Resolve<Context>;
  readonly subscribe?: Resolve<Context>;
}

/** Wraps the resolvers of root fields, and of those that only a result decides on. All others stay as they are. */
export class FieldGuards<Context extends AuthorizedContext> {
  readonly #options: FieldGuardOptions<Context>;
  readonly #callOwners: CallOwners<Context>;
  readonly #uncertainTypes: ReadonlySet<string>;

  constructor(options: FieldGuardOptions<Context>) {
    this.#options = options;
    this.#callOwners = new CallOwners(options.compiled, options);
    this.#uncertainTypes = uncertainTypes(options.compiled.schema);
  }

  /** The functions that replace a field's own; none where the decision on the operation covers the field. */
  guard(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): GuardedField<Context> | undefined {
    const { schema } = this.#options.compiled;
    const resolve = this.#guardResult(type, field);
    const rootResolve = () => this.#guardRoot(resolve ?? field.resolve ?? defaultFieldResolver);
    switch (type) {
      case schema.getQueryType():
        return { resolve: rootResolve() };
      case schema.getMutationType():
        return { resolve: this.#recheckBetween(rootResolve()) };
      case schema.getSubscriptionType():
        return { resolve: rootResolve(), subscribe: this.#guardRoot(field.subscribe ?? defaultFieldResolver) };
      default:
        return resolve && { resolve };
    }
  }

  /** A root field resolves, or opens its source, only in an operation that is allowed as a whole. */
  #guardRoot(resolve: Resolve<Context>): Resolve<Context> {
    const { authorizer, format } = this.#options;
    return (source, args, context, info) => {
      const execution = authorizer.executionOf(context, info);
      const proceed = (decision: Decision): unknown => {
        if (decision.kind === 'ALLOWED') return resolve(source, args, context, info);
        const [first] = decision.denials as readonly [Denial, ...Denial[]]; // a denied operation has at least one
        const own = decision.denials.find(({ coordinate }) => coordinate === coordinateOf(info));
        const denied = { execution, info, type: info.returnType, denial: () => own ?? first };
        return throwIfError(denialResult(denied, format));
      };
      const { decision } = execution.decided;
      return decision instanceof Promise ? decision.then(proceed) : proceed(decision);
    };
  }

  /** Verifies the caller again before each root field of a mutation but the first, as these run one after the other. */
  #recheckBetween(resolve: Resolve<Context>): Resolve<Context> {
    const { authorizer, recheck } = this.#options;
    if (recheck === undefined) return resolve;
    const resolveLater: Resolve<Context> = async (source, args, context, info) => {
      await recheck(context);
      authorizer.refresh(context, info);
      return await resolve(source, args, context, info);
    };
    return (source, args, context, info) => {
      const execution = authorizer.executionOf(context, info);
      if (execution.progress === 'BEGUN') return resolveLater(source, args, context, info);
      execution.progress = 'BEGUN';
      return resolve(source, args, context, info);
    };
  }

  /** The guard of a field on which only its result decides; undefined where the decision on the operation does. */
  #guardResult(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): Resolve<Context> | undefined {
    const { compiled, authorizer, typeGuards, format } = this.#options;
    const requirement = compiled.requirements.field(type, field);
    const abstract = this.#guardedTypeOf(field);
    const isUncertain = this.#uncertainTypes.has(type.name) && permissionsOf(requirement) !== NONE;
    const { ownerPaths } = compiled;
    const hasOwner = requirement.ownerRules.some(({ coordinate }) => ownerPaths.get(coordinate)?.from === 'PARENT');
    if (!abstract && !isUncertain && !hasOwner) return undefined;

    const { resolve = defaultFieldResolver } = field;
    const resolveGuarded = (call: Call<Context>): unknown => {
      const { execution, source, args, context, info } = call;
      const proceed = (ownership: Ownership): unknown => {
        if (ownership === 'OWNER') {
          const value: unknown = resolve(source, args, context, info);
          return abstract ? typeGuards.filter(value, abstract, call) : value;
        }
        const failure = ownership === 'NOT_OWNER' ? undefined : ownership;
        const denial = () => denialOf(call, { requirement, failure }, compiled.requirements);
        return throwIfError(denialResult({ execution, info, type: info.returnType, denial }, format));
      };
      const ownership = this.#callOwners.check(requirement, call);
      return ownership instanceof Promise ? ownership.then(proceed) : proceed(ownership);
    };
    return (source, args, context, info) => {
      const execution = authorizer.executionOf(context, info);
      if (execution.decided.isFinal) return resolve(source, args, context, info);
      return resolveGuarded({ execution, source, args, context, info });
    };
  }

  /** The abstract type that the field returns, if objects of it have to be checked. */
  #guardedTypeOf(field: GraphQLField<unknown, unknown>): GraphQLAbstractType | undefined {
    const returned = getNamedType(field.type);
    return isAbstractType(returned) && this.#options.typeGuards.isGuarded(returned) ? returned : undefined;
  }
}

/** The types to which a result may or may not lead: those behind abstract types, and all below them. */
function uncertainTypes(schema: GraphQLSchema): ReadonlySet<string> {
  const reached = new Set<GraphQLObjectType>();
  for (const type of Object.values(schema.getTypeMap())) {
    const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : [];
    if (possible.length > 1) for (const one of possible) reached.add(one);
  }
  for (const type of reached) {
    for (const field of Object.values(type.getFields())) {
      const returned = getNamedType(field.type);
      const next = isAbstractType(returned) ? schema.getPossibleTypes(returned) : [returned];
      for (const one of next) if (isObjectType(one)) reached.add(one);
    }
  }
  return new Set([...reached].map(({ name }) => name));
}
