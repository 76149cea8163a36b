import { MapperKind, mapSchema } from '@graphql-tools/utils';
import {
  type GraphQLFieldConfig,
  GraphQLInterfaceType,
  type GraphQLSchema,
  GraphQLUnionType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import type { CompiledSchema } from '../compile/compile-schema.js';
import type { Permissions } from '../compile/permissions.js';
import { requirementOf } from '../compile/requirement.js';
import { sentenceOf, withSentence } from '../explain/requirement-sentence.js';
import type { AuthorizedContext } from './authorization.js';
import type { FieldGuards } from './field-guards.js';
import type { TypeGuards } from './type-guards.js';

export interface GuardSchemaOptions<Context extends AuthorizedContext> {
  readonly fieldGuards: FieldGuards<Context>;
  readonly typeGuards: TypeGuards<Context>;
  readonly scopeLabel: (name: string) => string;
}

/** A copy of the schema with its guards, in which each description ends with what its coordinate requires. */
export function guardSchema<Context extends AuthorizedContext>(
  { schema, requirements }: CompiledSchema,
  { fieldGuards, typeGuards, scopeLabel }: GuardSchemaOptions<Context>,
): GraphQLSchema {
  const format = { requirements, scopeLabel };
  const sentence = (needs: Permissions) => sentenceOf(requirementOf(needs), format);

  return mapSchema(schema, {
    [MapperKind.COMPOSITE_FIELD]: (config: GraphQLFieldConfig<unknown, unknown>, fieldName, typeName) => {
      const type = schema.getType(typeName);
      if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
      const field = type.getFields()[fieldName];
      if (!field) return undefined;
      const args = Object.entries(config.args ?? {}).map(([name, argument]) => [
        name,
        withSentence(argument, sentence(requirements.argument(type, field, name))),
      ]);
      const described = withSentence(config, sentenceOf(requirements.field(type, field), format));
      const guarded = isObjectType(type) ? fieldGuards.guard(type, field) : undefined;
      return { ...described, args: Object.fromEntries(args), ...guarded };
    },
    [MapperKind.INPUT_OBJECT_FIELD]: (config, fieldName, typeName) => {
      const type = schema.getType(typeName);
      const field = isInputObjectType(type) ? type.getFields()[fieldName] : undefined;
      return field && withSentence(config, sentence(requirements.inputField(typeName, field)));
    },
    [MapperKind.ABSTRACT_TYPE]: (type) => {
      const resolveType = typeGuards.resolveType(type);
      if (!resolveType) return undefined;
      return isInterfaceType(type)
        ? new GraphQLInterfaceType({ ...type.toConfig(), resolveType })
        : new GraphQLUnionType({ ...type.toConfig(), resolveType });
    },
  });
}
