import {
  GraphQLError,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isNonNullType,
  responsePathAsArray,
} from 'graphql';
import type { Requirement, Requirements } from '../compile/requirement.js';
import { createDenial, type Denial } from '../decide/denial.js';
import type { LookupFailure } from '../decide/owner-lookups.js';
import { describeDenial, formatDenial, type MessageFormat } from '../explain/describe-denial.js';
import type { Execution } from './authorization.js';

/** One field of a running operation. */
export interface RunningField {
  readonly execution: Execution;
  readonly info: GraphQLResolveInfo;
}

/** A denial at one position of the result. */
export interface DeniedResult extends RunningField {
  /** The type that the position has. */
  readonly type: GraphQLOutputType;
  /** The indices of the item in the field's list, and in the lists within. */
  readonly indices?: readonly number[];
  readonly denial: () => Denial;
}

/** The coordinate of the field that a resolver resolves. */
export function coordinateOf(info: GraphQLResolveInfo): string {
  return `${info.parentType.name}.${info.fieldName}`;
}

/** The denial of a field whose requirement the caller does not meet. */
export function denialOf(
  { execution, info }: RunningField,
  unmet: { readonly requirement: Requirement; readonly failure?: LookupFailure | undefined },
  requirements: Requirements,
): Denial {
  const { requirement, failure } = unmet;
  const input = { coordinate: coordinateOf(info), alternatives: [requirement], nodes: info.fieldNodes, failure };
  return createDenial(input, execution.decided.held, requirements);
}

/**
 * The result of a denied position. The first of its selection: an error with the path of this position. A later one:
 * null, or the same error again where the type is non-null.
 */
export function denialResult(
  { execution, type, info, indices = [], denial }: DeniedResult,
  format: MessageFormat,
): GraphQLError | null {
  const path = responsePathAsArray(info.path);
  const selection = [coordinateOf(info), ...path.filter((key) => typeof key === 'string')].join(' ');
  const known = execution.errors.get(selection);
  if (known) return isNonNullType(type) ? known : null;
  const { message, extensions } = formatDenial(describeDenial(denial(), execution.decided.caller, format));
  const error = new GraphQLError(message, { nodes: info.fieldNodes, path: [...path, ...indices], extensions });
  execution.errors.set(selection, error);
  return error;
}

/** Throws an error, which is how a resolver returns one. In a list, errors are items instead. */
export function throwIfError(value: unknown): unknown {
  if (value instanceof Error) throw value;
  return value;
}
