import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getNullableType,
  getVariableValues,
  isInputObjectType,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';
import type { Context } from './context.js';

/**
 * The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the key of the one change that a mutation
 * makes, for clients and proxies that set it on every request. It stands for `input.idempotencyKey` and is never ignored
 * on a mutation: a client that sends it relies on it.
 */
export type HeaderKey = { readonly key: string } | { readonly fault: string };

/** RFC 9110, section 5.5, without what is not ASCII: such bytes would be another key than the same text in the input. */
const KEY = /^[\x20-\x7e]{1,255}$/;

/** Reads the header, sent once, as a token or as a string of structured fields (RFC 9651, section 3.3.3). */
export function readIdempotencyHeader([value = '', ...others]: readonly string[]): HeaderKey {
  if (others.length > 0) return { fault: 'Send the header `Idempotency-Key` once.' };
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(value.trim())?.[1];
  const key = quoted === undefined ? value.trim() : quoted.replace(/\\(.)/g, '$1');
  return KEY.test(key) ? { key } : { fault: 'The header `Idempotency-Key` must have 1 to 255 characters of ASCII.' };
}

type Variables = Readonly<Record<string, unknown>>;

interface Operation {
  readonly operation: OperationDefinitionNode;
  /** Its root fields that run, by their keys in the response; see `selectedRootFields`. */
  readonly fields: ReadonlyMap<string, FieldNode>;
  readonly variables: Variables;
}

/** Says why an operation cannot have the key of the header, in a sentence; undefined: it can, or is no mutation. */
export function refuseIdempotencyHeader(
  schema: GraphQLSchema,
  header: HeaderKey,
  { operation, fields, variables }: Operation,
): string | undefined {
  const mutation = schema.getMutationType();
  if (operation.operation !== OperationTypeNode.MUTATION || mutation == null) return undefined;
  if ('fault' in header) return header.fault;
  const [node, ...others] = [...fields.values()].filter(({ name }) => name.value !== '__typename');
  const field = mutation.getFields()[node?.name.value ?? ''];
  if (node === undefined || field === undefined || others.length > 0 || !takesKey(field)) {
    return 'The header `Idempotency-Key` is for a mutation with one field that has `input.idempotencyKey`. Send the key there, or leave the header out.';
  }
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (coerced === undefined) return undefined; // the execution says what is wrong with them, and runs nothing
  const given = givenKey(field, node, coerced);
  if (given == null || given === header.key) return undefined;
  return 'The header `Idempotency-Key` and `input.idempotencyKey` differ. Send one of them, or the same key in both.';
}

/** Gives the key of the header to each mutation that takes one; {@link refuseIdempotencyHeader} has judged it before. */
export function withIdempotencyHeader(schema: GraphQLSchema): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.MUTATION_ROOT_FIELD]: (config, name) => {
      const field = schema.getMutationType()?.getFields()[name];
      const { resolve } = config;
      if (field === undefined || resolve === undefined || !takesKey(field)) return undefined; // left as it is
      return {
        ...config,
        resolve: (source, args, context: Context, info) =>
          resolve(source, withKey(args, context.idempotencyHeader), context, info),
      };
    },
  });
}

type Args = Readonly<Record<string, object>>;

function withKey(args: Args, header: HeaderKey | undefined): Args {
  if (header === undefined || 'fault' in header) return args;
  return { ...args, input: { ...args['input'], idempotencyKey: header.key } };
}

function takesKey({ args }: GraphQLField<unknown, unknown>): boolean {
  const type = getNullableType(args.find(({ name }) => name === 'input')?.type);
  return isInputObjectType(type) && type.getFields()['idempotencyKey'] !== undefined;
}

/** The key in the input. Arguments that do not fit their types are left to the execution, which runs nothing. */
function givenKey(field: GraphQLField<unknown, unknown>, node: FieldNode, variables: Variables): unknown {
  try {
    const { input } = getArgumentValues(field, node, variables);
    return typeof input === 'object' && input !== null && 'idempotencyKey' in input ? input.idempotencyKey : undefined;
  } catch {
    return undefined;
  }
}
