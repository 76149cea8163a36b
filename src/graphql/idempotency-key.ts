import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  type FieldNode,
  type GraphQLField,
  type GraphQLSchema,
  getArgumentValues,
  getNullableType,
  isInputObjectType,
} from 'graphql';
import type { Context } from './context.js';
import type { HeaderKey } from './idempotency-header.js';

type Variables = Readonly<Record<string, unknown>>;

interface Mutation {
  /** Its root fields that run, by their keys in the response; see `selectedRootFields`. */
  readonly fields: ReadonlyMap<string, FieldNode>;
  /** Coerced. */
  readonly variables: Variables;
}

/** Says in a sentence why a mutation cannot have the key of the header; undefined: it can. */
export function refuseIdempotencyHeader(
  schema: GraphQLSchema,
  header: HeaderKey,
  { fields, variables }: Mutation,
): string | undefined {
  const mutation = schema.getMutationType();
  if (mutation == null) return undefined;
  if ('fault' in header) return header.fault;
  const [node, ...others] = [...fields.values()].filter(({ name }) => name.value !== '__typename');
  const field = mutation.getFields()[node?.name.value ?? ''];
  if (node === undefined || field === undefined || others.length > 0 || !takesKey(field)) {
    return 'The header `Idempotency-Key` is for a mutation with one field that has `input.idempotencyKey`. Send the key there, or leave the header out.';
  }
  const given = givenKey(field, node, variables);
  if (given == null || given === header.key) return undefined;
  return 'The header `Idempotency-Key` and `input.idempotencyKey` differ. Send one of them, or the same key in both.';
}

/** Gives the key of the header to each mutation that takes one; {@link refuseIdempotencyHeader} has checked it before. */
export function withIdempotencyHeader(schema: GraphQLSchema): GraphQLSchema {
  return mapSchema(schema, {
    [MapperKind.MUTATION_ROOT_FIELD]: (config, name) => {
      const field = schema.getMutationType()?.getFields()[name];
      const { resolve } = config;
      if (field === undefined || resolve === undefined || !takesKey(field)) return undefined; // left as it is
      return {
        ...config,
        resolve: (source, args, context: Context, info) =>
          resolve(source, withKey(args, context.request.idempotencyHeader), context, info),
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
