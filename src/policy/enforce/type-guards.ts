import { isPromise } from '@graphql-tools/utils';
import {
  defaultTypeResolver,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLTypeResolver,
  getNamedType,
  getNullableType,
  isListType,
} from 'graphql';
import type { CompiledSchema } from '../compile/compile-schema.js';
import { holds, NONE } from '../compile/permissions.js';
import { type Requirement, requirementOf } from '../compile/requirement.js';
import { describeDenial, formatDenial, type MessageFormat } from '../explain/describe-denial.js';
import type { AuthorizedContext, Authorizer, Execution } from './authorization.js';
import type { Call } from './call-owners.js';
import { denialOf, denialResult, throwIfError } from './denial-error.js';

export interface TypeGuardOptions<Context extends AuthorizedContext> {
  readonly compiled: CompiledSchema;
  readonly authorizer: Authorizer<Context>;
  readonly format: MessageFormat;
}

/** Guards the object types behind interfaces and unions, which only a result shows. */
export class TypeGuards<Context extends AuthorizedContext> {
  readonly #options: TypeGuardOptions<Context>;

  constructor(options: TypeGuardOptions<Context>) {
    this.#options = options;
  }

  /** Whether an object type behind the abstract one needs anything. */
  isGuarded(abstract: GraphQLAbstractType): boolean {
    const { schema, requirements } = this.#options.compiled;
    return schema.getPossibleTypes(abstract).some((type) => requirements.type(type) !== NONE);
  }

  /** Replaces each object of a type that the caller may not see: the first by its error, the others by null. */
  filter(result: unknown, abstract: GraphQLAbstractType, call: Call<Context>): unknown {
    const possible = this.#options.compiled.schema.getPossibleTypes(abstract);
    if (!possible.some(({ name }) => this.#unmetBy(call.execution, name))) return result;
    const filtered = this.#filterValue(result, { abstract, call, type: call.info.returnType, indices: [] });
    return isPromise(filtered) ? filtered.then(throwIfError) : throwIfError(filtered);
  }

  #filterValue(value: unknown, position: ResultPosition<Context>): unknown {
    if (isPromise(value)) return ignoreRejection(value.then((resolved) => this.#filterValue(resolved, position)));
    if (value === null || value === undefined || value instanceof Error) return value;
    const type = getNullableType(position.type);
    if (!isListType(type)) return this.#filterObject(value, position);
    if (typeof value !== 'object' || !(Symbol.iterator in value)) return value;
    return Array.from(value as Iterable<unknown>, (item, index) =>
      this.#filterValue(item, { ...position, type: type.ofType, indices: [...position.indices, index] }),
    );
  }

  #filterObject(value: unknown, { abstract, call, type, indices }: ResultPosition<Context>): unknown {
    const { compiled, format } = this.#options;
    const { execution, context, info } = call;
    const check = (name: string | undefined): unknown => {
      const requirement = this.#unmetBy(execution, name);
      if (!requirement) return value;
      const denial = () => denialOf(call, { requirement }, compiled.requirements);
      return denialResult({ execution, info, type, indices, denial }, format);
    };
    const resolveType = abstract.resolveType ?? defaultTypeResolver;
    const executed = getNamedType(info.returnType) as GraphQLAbstractType; // `abstract` in the schema that is executed
    try {
      const name = resolveType(value, context, info, executed);
      return isPromise(name) ? name.then(check, () => value) : check(name);
    } catch {
      return value; // execution resolves the type again, and reports what is wrong with this item alone
    }
  }

  /** Checks the type again that execution resolves, in case it is another one this time. */
  resolveType(abstract: GraphQLAbstractType): GraphQLTypeResolver<unknown, Context> | undefined {
    if (!this.isGuarded(abstract)) return undefined;
    const { compiled, authorizer, format } = this.#options;
    const resolveType = abstract.resolveType ?? defaultTypeResolver;
    return (value, context, info, type) => {
      const name = resolveType(value, context, info, type);
      const execution = authorizer.executionOf(context, info);
      if (execution.decided.isFinal) return name;
      const check = (typeName: string | undefined): string | undefined => {
        const requirement = this.#unmetBy(execution, typeName);
        if (!requirement) return typeName;
        const denial = denialOf({ execution, info }, { requirement }, compiled.requirements);
        const { message, extensions } = formatDenial(describeDenial(denial, execution.decided.caller, format));
        throw new GraphQLError(message, { extensions }); // execution adds the path of the item
      };
      return isPromise(name) ? name.then(check) : check(name);
    };
  }

  /** What the type needs, if the caller lacks some of it. */
  #unmetBy({ decided }: Execution, typeName: string | undefined): Requirement | undefined {
    const { schema, requirements } = this.#options.compiled;
    const type = typeName === undefined ? undefined : schema.getType(typeName);
    const needs = type ? requirements.type(type) : NONE;
    return holds(decided.held, needs) ? undefined : requirementOf(needs);
  }
}

/** A position of a field's result: the result itself, or an item of a list in it. */
interface ResultPosition<Context> {
  readonly abstract: GraphQLAbstractType;
  readonly call: Call<Context>;
  readonly type: GraphQLOutputType;
  readonly indices: readonly number[];
}

/**
 * The same promise. An `await` of it still throws; but execution gives up a list when another item is
 * denied, never awaits the rest, and an unhandled rejection would end the process.
 */
function ignoreRejection<Value>(promise: Promise<Value>): Promise<Value> {
  promise.catch(() => {});
  return promise;
}
