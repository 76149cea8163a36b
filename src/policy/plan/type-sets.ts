import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
} from 'graphql';

/** The object types that a value may have. Equal sets are the same object. */
export interface TypeSet {
  readonly id: number;
  readonly types: readonly GraphQLObjectType[];
}

/** Makes type sets for one plan. */
export class TypeSets {
  readonly #schema: GraphQLSchema;
  readonly #sets = new Map<string, TypeSet>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** The object types that a value of any of these types may have. */
  of(named: readonly GraphQLNamedType[]): TypeSet {
    const all = named.flatMap((type) => {
      if (isAbstractType(type)) return this.#schema.getPossibleTypes(type);
      return isObjectType(type) ? [type] : [];
    });
    return this.#intern([...new Set(all)]);
  }

  /** The types of a set to which a type condition applies. */
  narrow(set: TypeSet, condition: GraphQLNamedType): TypeSet {
    const applies = (type: GraphQLObjectType) =>
      type === condition || (isAbstractType(condition) && this.#schema.isSubType(condition, type));
    return this.#intern(set.types.filter(applies));
  }

  #intern(types: readonly GraphQLObjectType[]): TypeSet {
    const key = types.map(({ name }) => name).join();
    const set = this.#sets.get(key) ?? { id: this.#sets.size + 1, types };
    this.#sets.set(key, set);
    return set;
  }
}
