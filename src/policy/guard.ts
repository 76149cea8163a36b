import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  type GraphQLFieldConfig,
  GraphQLInterfaceType,
  type GraphQLSchema,
  GraphQLUnionType,
  isAbstractType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import type { Completion, Gates } from './completion.js';
import { type Speech, sentenceOf, withSentence } from './description.js';

type FieldConfig = GraphQLFieldConfig<unknown, unknown>;

/** A schema with gate two in place, and the functions that gate two put there, by coordinate. */
export interface Guarded<Context> {
  readonly schema: GraphQLSchema;
  readonly gates: ReadonlyMap<string, Gates<Context>>;
}

/**
 * A copy of the schema with gate two in place, in which each description ends with what its coordinate requires. The
 * schema itself stays as it is.
 */
export function guardSchema<Context>(
  schema: GraphQLSchema,
  completion: Completion<Context>,
  speech: Speech,
): Guarded<Context> {
  const { requirements } = speech;
  const gates = new Map<string, Gates<Context>>();
  const sentence = (needs: bigint) => sentenceOf({ needs, owned: [] }, speech);

  const guarded = mapSchema(schema, {
    [MapperKind.COMPOSITE_FIELD]: (config: FieldConfig, fieldName, typeName) => {
      const type = schema.getType(typeName);
      if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
      const field = type.getFields()[fieldName];
      if (!field) return undefined;
      const args = Object.entries(config.args ?? {}).map(([name, argument]) => [
        name,
        withSentence(argument, sentence(requirements.argument(type, field, name))),
      ]);
      const own = isObjectType(type) ? completion.gates(type, field) : undefined;
      if (own) gates.set(`${typeName}.${fieldName}`, own);
      const described = withSentence(config, sentenceOf(requirements.field(type, field), speech));
      return { ...described, args: Object.fromEntries(args), ...own };
    },
    [MapperKind.INPUT_OBJECT_FIELD]: (config, fieldName, typeName) => {
      const type = schema.getType(typeName);
      const field = isInputObjectType(type) ? type.getFields()[fieldName] : undefined;
      return field && withSentence(config, sentence(requirements.inputField(typeName, field)));
    },
    [MapperKind.ABSTRACT_TYPE]: (type) => {
      const resolveType = completion.type(type);
      if (!resolveType) return undefined;
      gates.set(type.name, { resolveType });
      return isInterfaceType(type)
        ? new GraphQLInterfaceType({ ...type.toConfig(), resolveType })
        : new GraphQLUnionType({ ...type.toConfig(), resolveType });
    },
  });
  return { schema: guarded, gates };
}

/** The coordinates at which another schema has lost its gate. */
export function lostGates<Context>(schema: GraphQLSchema, { gates }: Guarded<Context>): string[] {
  return [...gates].flatMap(([coordinate, { resolve, subscribe, resolveType }]) => {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    const field = isObjectType(type) ? type.getFields()[fieldName] : undefined;
    const isKept = isAbstractType(type)
      ? type.resolveType === resolveType
      : field?.resolve === resolve && (subscribe === undefined || field?.subscribe === subscribe);
    return isKept ? [] : [coordinate];
  });
}
