import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { type Requirement, type Requirements, requirementOf } from '../compile/requirement.js';

/** What one coordinate requires: an output type, a field, an argument, an input field. */
export interface TableRow {
  readonly kind: 'TYPE' | 'FIELD' | 'INPUT';
  readonly requirement: Requirement;
}

/** Every coordinate of a schema with its requirement, which may be to need nothing. */
export function requirementTable(schema: GraphQLSchema, requirements: Requirements): ReadonlyMap<string, TableRow> {
  const rows = new Map<string, TableRow>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        const requirement = requirementOf(requirements.inputField(type.name, field));
        rows.set(`${type.name}.${field.name}`, { kind: 'INPUT', requirement });
      }
    }
    if (isScalarType(type) || isEnumType(type) || isObjectType(type) || isInterfaceType(type)) {
      rows.set(type.name, { kind: 'TYPE', requirement: requirementOf(requirements.type(type)) });
    }
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      rows.set(coordinate, { kind: 'FIELD', requirement: requirements.field(type, field) });
      for (const { name } of field.args) {
        const requirement = requirementOf(requirements.argument(type, field, name));
        rows.set(`${coordinate}(${name}:)`, { kind: 'INPUT', requirement });
      }
    }
  }
  return rows;
}
