import {
  type GraphQLInputType,
  type GraphQLNamedType,
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  isRequiredArgument,
  type OperationTypeNode,
} from 'graphql';
import { buildSchema } from '../../src/graphql/build-schema.js';

const schema = buildSchema();

/** A document for each field of a root type, in which a text stands as a literal wherever a string or an id can. */
export function documentsWith(text: string, kind: OperationTypeNode): string[] {
  const fields = Object.values(schema.getRootType(kind)?.getFields() ?? {});
  return fields.flatMap((field) => {
    const widest = field.args.map(({ type }) => literals(type, text).length);
    // Of an input of which one field alone may be given, each is tried in a document of its own.
    return Array.from({ length: Math.max(1, ...widest) }, (_, variant) => {
      const given = field.args.map(({ name, type }) => {
        const choices = literals(type, text);
        return `${name}: ${choices[Math.min(variant, choices.length - 1)]}`;
      });
      const args = given.length > 0 ? `(${given.join(', ')})` : '';
      return `${kind} { ${field.name}${args} ${selection(getNamedType(field.type), 2)} }`;
    });
  });
}

function literals(type: GraphQLInputType, text: string): string[] {
  const named = getNullableType(type);
  if (isListType(named)) return literals(named.ofType, text).map((item) => `[${item}]`);
  if (isEnumType(named)) return [named.getValues()[0]?.name ?? ''];
  if (isInputObjectType(named)) {
    const fields = Object.values(named.getFields()).map(({ name, type }) =>
      literals(type, text).map((value) => `${name}: ${value}`),
    );
    if (named.isOneOf) return fields.flat().map((field) => `{ ${field} }`);
    const count = Math.max(...fields.map(({ length }) => length));
    return Array.from({ length: count }, (_, variant) => {
      const given = fields.map((choices) => choices[Math.min(variant, choices.length - 1)]);
      return `{ ${given.join(', ')} }`;
    });
  }
  return [LITERALS[named.name] ?? JSON.stringify(text)];
}

const LITERALS: Readonly<Record<string, string>> = {
  Int: '1',
  Points: '1',
  Boolean: 'true',
  DateTime: '"2030-01-01T00:00:00Z"',
};

function selection(type: GraphQLNamedType, depth: number): string {
  if (!isObjectType(type)) return '';
  const fields = Object.values(type.getFields()).flatMap((field) => {
    if (field.args.some(isRequiredArgument)) return [];
    const inner = getNamedType(field.type);
    if (!isObjectType(inner)) return [field.name];
    return depth > 0 ? [`${field.name} ${selection(inner, depth - 1)}`] : [];
  });
  return `{ __typename ${fields.join(' ')} }`;
}
