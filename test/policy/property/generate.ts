import * as fc from 'fast-check';
import {
  type Argument,
  type Composite,
  type Condition,
  compositeOf,
  type Field,
  type Model,
  type Operation,
  objectsOf,
  type Rule,
  type Selection,
  type TypeRef,
  VARIABLES,
  type Value,
} from './model.js';

/** Draws values from arbitraries, so that a failure shrinks. */
export type Draw = <Value>(arbitrary: fc.Arbitrary<Value>) => Value;

export const SCOPES = ['S0', 'S1', 'S2'] as const;
const INTERFACES = ['I0', 'I1'];
const OBJECTS = ['T0', 'T1', 'T2', 'T3'];
const FIELD_NAMES = ['f0', 'f1', 'f2', 'f3'];

class Generator {
  readonly #draw: Draw;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  one<Value>(items: readonly Value[]): Value {
    return this.#draw(fc.constantFrom(...items));
  }

  /** True in one of so many cases. */
  rarely(cases: number): boolean {
    return this.#draw(fc.nat({ max: cases - 1 })) === cases - 1;
  }

  some<Value>(items: readonly Value[]): Value[] {
    return this.#draw(fc.subarray([...items]));
  }

  int(max: number): number {
    return this.#draw(fc.nat({ max }));
  }
}

export function generateModel(draw: Draw): Model {
  const g = new Generator(draw);
  const rule = (owner?: string, rarity = 3): Rule | undefined => {
    if (!g.rarely(rarity)) return undefined;
    const scopes = g.some(SCOPES);
    const anyScopes = g.rarely(3) ? g.some(SCOPES) : [];
    const kind = g.rarely(6) ? g.one(['APP', 'USER'] as const) : undefined;
    const isOwned = owner !== undefined && scopes.length + anyScopes.length > 0 && kind !== 'APP' && g.rarely(2);
    return { scopes, anyScopes, ...(kind && { kind }), ...(isOwned && { owner }) };
  };
  const typeRef = (): TypeRef => ({
    name: g.one(['Int', 'X', 'E', 'U', 'U', ...INTERFACES, ...INTERFACES, ...OBJECTS]),
    wrap: g.one([[], [], ['!'], ['[]'], ['[]', '!'], ['!', '[]', '!'], ['[]', '[]']] as const),
  });
  const args = (): Argument[] => [
    { name: 'n', type: 'Int', rule: rule(undefined, 6) },
    { name: 'x', type: 'X', rule: rule(undefined, 9) },
    { name: 'where', type: 'In', rule: rule(undefined, 6) },
  ];
  const fields = (owner: string, names: readonly string[], rarity?: number): Field[] =>
    names.map((name) => ({ name, type: typeRef(), args: args(), rule: rule(owner, rarity) }));
  const id: Field = { name: 'id', type: { name: 'Int', wrap: ['!'] }, args: [] };

  const interfaces = INTERFACES.map((name): Composite => {
    const own = fields('id', g.some(FIELD_NAMES));
    return { name, kind: 'interface', implements: [], rule: rule(undefined, 6), fields: [id, ...own] };
  });
  const objects = OBJECTS.map((name): Composite => {
    const parents = g.some(interfaces);
    const inherited = parents.flatMap((parent) => parent.fields);
    const names = FIELD_NAMES.filter((field) => inherited.some((one) => one.name === field) || g.rarely(2));
    const own = fields('id', names).map((field) => ({
      ...field,
      type: inherited.find((one) => one.name === field.name)?.type ?? field.type,
    }));
    return { name, kind: 'type', implements: parents.map((parent) => parent.name), rule: rule(), fields: [id, ...own] };
  });
  const root = (name: string): Composite => {
    const by: Argument = { name: 'by', type: 'Int' };
    const own = fields('by', FIELD_NAMES, 6).map((field) => ({ ...field, args: [...field.args, by] }));
    return { name, kind: 'type', implements: [], rule: rule(undefined, 9), fields: own };
  };
  const composites = populated([
    root('Query'),
    root('Mutation'),
    ...interfaces,
    ...objects.map((one) => agreeing(one, interfaces)),
  ]);
  const objectFields = composites
    .filter(({ kind }) => kind === 'type')
    .flatMap((one) =>
      one.fields.filter(({ args: given }) => given.length > 0).map((field) => `${one.name}.${field.name}`),
    );
  return {
    composites,
    delegations: g.rarely(2) ? g.some(['In.a', 'In.b', ...objectFields.slice(0, 6)]) : [],
    isDerived: g.rarely(2),
    union: ['T0', ...g.some(OBJECTS.slice(1))],
    leafRules: {
      X: rule(undefined, 6),
      E: rule(undefined, 6),
      'In.a': rule(),
      'In.b': rule(),
      'In.in': rule(),
      'In.e': rule(),
    },
  };
}

/** The same types, no field of which returns an interface that nothing implements. */
function populated(composites: readonly Composite[]): Composite[] {
  const isEmpty = (name: string) =>
    INTERFACES.includes(name) && !composites.some((one) => one.implements.includes(name));
  return composites.map((one) => ({
    ...one,
    fields: one.fields.map((field) =>
      isEmpty(field.type.name) ? { ...field, type: { ...field.type, name: 'T0' } } : field,
    ),
  }));
}

/** The object without the interfaces whose fields it has with another type. */
function agreeing(object: Composite, interfaces: readonly Composite[]): Composite {
  const fits = (name: string) =>
    interfaces
      .find((one) => one.name === name)
      ?.fields.every(({ name: field, type }) =>
        object.fields.some((own) => (own.name === field && own.type === type) || field === 'id'),
      );
  return { ...object, implements: object.implements.filter(fits) };
}

export function generateOperation(draw: Draw, model: Model): Operation {
  const g = new Generator(draw);
  const fragments: Record<string, { on: string; selections: readonly Selection[] }> = {};
  let aliases = 0;
  let names = 0;

  const conditions = (): Condition[] =>
    g.rarely(5) ? [{ directive: g.one(['skip', 'include'] as const), on: g.one([true, false, 'yes', 'no']) }] : [];
  const value = (type: Argument['type'], depth: number): Value => {
    if (g.rarely(2)) {
      const names = Object.keys(VARIABLES).filter((name) => VARIABLES[name]?.type === type);
      return { kind: 'variable', name: g.one(names) };
    }
    if (type !== 'In') return { kind: 'int', value: g.one([null, 0, 1, 2]) };
    const keys = g.some(depth > 1 ? ['a', 'b'] : ['a', 'b', 'in']);
    return {
      kind: 'object',
      fields: Object.fromEntries(keys.map((key) => [key, value(key === 'in' ? 'In' : 'Int', depth + 1)])),
    };
  };
  const select = (type: string, depth: number): Selection[] =>
    Array.from({ length: 1 + g.int(2) }, () => selection(type, depth));
  const leaf = (): Selection => ({ kind: 'field', name: '__typename', conditions: [], args: {}, selections: [] });
  const selection = (type: string, depth: number): Selection => {
    const composite = compositeOf(model, type);
    const choice = depth > 3 ? 0 : g.int(7);
    if (choice === 5 || choice === 6) {
      const on = g.one(overlapping(model, type));
      return {
        kind: 'inline',
        on: g.rarely(3) ? undefined : on,
        conditions: conditions(),
        selections: select(type === on ? type : on, depth + 1),
      };
    }
    if (choice === 7) {
      const types = overlapping(model, type);
      const known = Object.keys(fragments).filter((name) => types.includes(fragments[name]?.on ?? ''));
      const name = known.length > 0 && g.rarely(2) ? g.one(known) : `F${names++}`;
      if (!fragments[name]) {
        const on = g.one(types);
        const selections = select(on, depth + 1); // filed when it is complete, so that it cannot spread itself
        fragments[name] = { on, selections };
      }
      return { kind: 'spread', name, conditions: conditions() };
    }
    if (!composite || choice === 4) return leaf();
    const usable = composite.fields.filter((field) => depth < 3 || isLeaf(field));
    if (usable.length === 0) return leaf();
    const nested = usable.filter((field) => !isLeaf(field));
    const field = g.one(nested.length > 0 && !g.rarely(3) ? nested : usable);
    const given = field.args.filter(() => g.rarely(4));
    return {
      kind: 'field',
      name: field.name,
      alias: g.rarely(2) ? undefined : `a${aliases++}`,
      conditions: conditions(),
      args: Object.fromEntries(given.map((argument) => [argument.name, value(argument.type, 0)])),
      selections: isLeaf(field) ? [] : select(field.type.name, depth + 1),
    };
  };

  const sent: Record<string, () => unknown> = {
    yes: () => g.one([true, false]),
    no: () => g.one([true, false]),
    number: () => g.one([null, 0, 1]),
    seven: () => g.one([0, 1]),
    scalar: () => g.one([null, 0]),
    input: () => g.one([null, {}, { a: 1 }, { in: { b: null } }, { in: { in: { a: 2 } } }, { e: 'ONE' }]),
    filled: () => g.one([null, {}, { b: 1 }]),
  };
  const kind = g.one(['query', 'query', 'mutation'] as const);
  const selections = select(kind === 'query' ? 'Query' : 'Mutation', 0);
  const variables = Object.fromEntries(g.some(Object.keys(sent)).map((name) => [name, sent[name]?.()]));
  return { kind, selections, fragments, variables };
}

function isLeaf(field: Field): boolean {
  return ['Int', 'X', 'E'].includes(field.type.name);
}

/** The types on which a fragment may stand where a value of the type is selected. */
function overlapping(model: Model, type: string): string[] {
  const possible = objectsOf(model, type);
  return [...model.composites.map(({ name }) => name), 'U'].filter((name) =>
    objectsOf(model, name).some((object) => possible.includes(object)),
  );
}
