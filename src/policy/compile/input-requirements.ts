import {
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isLeafType,
} from 'graphql';
import { CREDENTIAL, NONE, type Permissions, union } from './permissions.js';
import { throwProblems } from './problems.js';
import type { Requirements } from './requirement.js';

/**
 * The scopes that a value grants, by their names in the enum. Supplying the value requires the same scopes: callers grant no
 * more than they hold. Called for each value that is no list, as clients write it.
 */
export type Grant = (value: unknown) => Iterable<string>;

/** A value at a coordinate of an argument or input field. */
export interface InputValue {
  readonly coordinate: string;
  readonly type: GraphQLInputType;
  readonly value: unknown;
  /** Whether enum values are the schema's internal ones, rather than as clients write them. */
  readonly isCoerced: boolean;
}

/** What arguments and input fields need when they are given. */
export class InputRequirements {
  readonly #requirements: Requirements;
  readonly #grants: ReadonlyMap<string, Grant>;
  readonly #potentials = new Map<string, Permissions>();

  /** @throws {Error} naming each grant for no input field of the schema, or for one whose default grants scopes. */
  constructor(schema: GraphQLSchema, requirements: Requirements, grants: Readonly<Record<string, Grant>>) {
    this.#requirements = requirements;
    this.#grants = new Map(Object.entries(grants));
    throwProblems(Object.keys(grants).flatMap((coordinate) => this.#problemsOfGrant(schema, coordinate)));
  }

  #problemsOfGrant(schema: GraphQLSchema, coordinate: string): string[] {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const type = schema.getType(typeName);
    const field = isInputObjectType(type) ? type.getFields()[fieldName] : undefined;
    if (!field) return [`${coordinate} has a grant, but is no input field`];
    const granted = this.granted({ coordinate, type: field.type, value: field.defaultValue, isCoerced: true });
    return granted === NONE ? [] : [`${coordinate} has a default that grants scopes`];
  }

  /** The coordinate of a field of an input object, and what giving it needs. */
  field(typeName: string, field: GraphQLInputField): { readonly coordinate: string; readonly needs: Permissions } {
    return { coordinate: `${typeName}.${field.name}`, needs: this.#requirements.inputField(typeName, field) };
  }

  /** Whether a value of this type grants scopes at this coordinate. A list does not: its items do. */
  hasGrant(coordinate: string, type: GraphQLInputType): boolean {
    return isLeafType(getNullableType(type)) && this.#grants.has(coordinate);
  }

  /** The permissions that a value grants. */
  granted({ coordinate, type, value, isCoerced }: InputValue): Permissions {
    const leaf = getNullableType(type);
    const grant = this.#grants.get(coordinate);
    if (!grant || !isLeafType(leaf) || value === null || value === undefined) return NONE;
    const scopes = [...grant(isCoerced ? leaf.serialize(value) : value)];
    return union(scopes.flatMap((scope) => [CREDENTIAL, this.#requirements.permission(scope)]));
  }

  /** All that some value of this type could need at this coordinate, however deeply it is nested. */
  potential(coordinate: string, type: GraphQLInputType): Permissions {
    return union([this.#potentialGrant(coordinate), this.potentialOfFields(type)]);
  }

  /** All that the fields of some value of this type could need. */
  potentialOfFields(type: GraphQLInputType): Permissions {
    const root = getNamedType(type);
    if (!isInputObjectType(root)) return NONE;
    const known = this.#potentials.get(root.name);
    if (known !== undefined) return known;

    const all: Permissions[] = [];
    const reached = new Set([root]);
    for (const input of reached) {
      for (const field of Object.values(input.getFields())) {
        const { coordinate, needs } = this.field(input.name, field);
        all.push(needs, this.#potentialGrant(coordinate));
        const next = getNamedType(field.type);
        if (isInputObjectType(next)) reached.add(next);
      }
    }
    const potential = union(all);
    this.#potentials.set(root.name, potential);
    return potential;
  }

  #potentialGrant(coordinate: string): Permissions {
    return this.#grants.has(coordinate) ? this.#requirements.all : NONE;
  }
}
