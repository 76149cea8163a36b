/*
 * Schemas, operations and callers as plain data, so that the oracle can be written without a line of graphql-js and
 * without a thought of bit sets.
 */

export type Rule = {
  readonly scopes: readonly string[];
  /** At least one of them; empty: there is no such rule. */
  readonly anyScopes: readonly string[];
  readonly owner?: string;
  readonly kind?: 'APP' | 'USER';
};

/** A named type within lists and non-nulls, from the outside in: `[T0!]` is { name: 'T0', wrap: ['[]', '!'] }. */
export interface TypeRef {
  readonly name: string;
  readonly wrap: readonly ('!' | '[]')[];
}

export interface Argument {
  readonly name: string;
  readonly type: 'Int' | 'X' | 'In';
  readonly rule?: Rule | undefined;
}

export interface Field {
  readonly name: string;
  readonly type: TypeRef;
  readonly args: readonly Argument[];
  readonly rule?: Rule | undefined;
}

/** An object or interface type. */
export interface Composite {
  readonly name: string;
  readonly kind: 'type' | 'interface';
  readonly implements: readonly string[];
  readonly rule?: Rule | undefined;
  readonly fields: readonly Field[];
}

export interface Model {
  readonly composites: readonly Composite[];
  /** The members of the union U. */
  readonly union: readonly string[];
  /** The rules of the scalar X, the enum E and the fields of the input In, by coordinate. */
  readonly leafRules: Readonly<Record<string, Rule | undefined>>;
  /** The coordinates of fields and input fields that give access to others: where their first number is odd. */
  readonly delegations: readonly string[];
  /** Whether `In.b` grants S1 where `a` of the same object is 1, and S0 where S2 is held and it is not. */
  readonly isDerived: boolean;
}

/** What a delegation denies: an odd number, or arguments with an odd `n`. */
export const isDelegated = (value: unknown): boolean => {
  if (typeof value === 'object' && value !== null && 'n' in value) return isDelegated(value.n);
  return typeof value === 'number' && value % 2 === 1;
};

/** The scopes that an object grants by its `b`. */
export const derivedOf = (input: Readonly<Record<string, unknown>>, holds: (scope: string) => boolean): string[] => {
  if (input['a'] === 1) return ['S1'];
  return holds('S2') ? [] : ['S0'];
};

/** A value in the document: what is no variable is written out. */
export type Value =
  | { readonly kind: 'int'; readonly value: number | null }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, Value>> };

/** `@skip` or `@include`, on a literal or a variable. */
export interface Condition {
  readonly directive: 'skip' | 'include';
  readonly on: boolean | string;
}

export type Selection = {
  readonly conditions: readonly Condition[];
} & (
  | {
      readonly kind: 'field';
      readonly alias?: string | undefined;
      readonly name: string;
      readonly args: Readonly<Record<string, Value>>;
      readonly selections: readonly Selection[];
    }
  | { readonly kind: 'inline'; readonly on?: string | undefined; readonly selections: readonly Selection[] }
  | { readonly kind: 'spread'; readonly name: string }
);

export interface Operation {
  readonly kind: 'query' | 'mutation';
  readonly selections: readonly Selection[];
  readonly fragments: Readonly<Record<string, { readonly on: string; readonly selections: readonly Selection[] }>>;
  /** What the client sends; a variable that is not there is not sent. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** The variables that every operation declares, with their types and defaults. */
export const VARIABLES: Readonly<Record<string, { readonly type: string; readonly default?: unknown }>> = {
  yes: { type: 'Boolean', default: true },
  no: { type: 'Boolean', default: false },
  number: { type: 'Int' },
  seven: { type: 'Int', default: 7 },
  scalar: { type: 'X' },
  input: { type: 'In' },
  filled: { type: 'In', default: { a: 1 } },
};

export type Caller =
  | { readonly kind: 'ANONYMOUS' }
  | { readonly kind: 'APP' | 'USER'; readonly scopes: readonly string[]; readonly mayDelegate: boolean };

/** What a user owns, in the oracle and in the look-ups alike: all that is even; and an absent owner is the caller. */
export const isOwn = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'number' && value % 2 === 0);

export function compositeOf(model: Model, name: string): Composite | undefined {
  return model.composites.find((composite) => composite.name === name);
}

/** The object types that a value of the type may have. */
export function objectsOf(model: Model, name: string): readonly Composite[] {
  return model.composites.filter(
    (composite) =>
      composite.kind === 'type' &&
      (composite.name === name ||
        composite.implements.includes(name) ||
        (name === 'U' && model.union.includes(composite.name))),
  );
}

/** An object of the data: its type, and the number from which all else follows. */
export interface Thing {
  readonly type: string;
  readonly id: number;
}

/** The value of a field, derived from its parent alone: the same for the engine's resolvers and for the oracle. */
export function fieldValueOf(model: Model, field: Field, parent: number): unknown {
  if (field.name === 'id') return parent;
  const build = (wrap: TypeRef['wrap'], seed: number, isRequired: boolean): unknown => {
    const [outer, ...inner] = wrap;
    if (outer === '!') return build(inner, seed, true);
    if (!isRequired && seed % 7 === 3) return null;
    if (outer === '[]') return [0, 1].map((index) => build(inner, mix(seed, index), false));
    const objects = objectsOf(model, field.type.name);
    const object = objects[seed % Math.max(objects.length, 1)];
    if (object) return { type: object.name, id: seed % 1000 } satisfies Thing;
    return field.type.name === 'E' ? 'ONE' : seed % 100;
  };
  return build(field.type.wrap, mix(parent, field.name.charCodeAt(1)), false);
}

function mix(seed: number, salt: number): number {
  return (Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(salt + 1, 0xc2b2ae35)) >>> 3;
}
