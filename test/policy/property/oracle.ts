import { delegationsIn, fieldsOf, type Given, lacksDerived } from './given.js';
import {
  type Caller,
  type Composite,
  compositeOf,
  type Field,
  fieldValueOf,
  isOwn,
  type Model,
  type Operation,
  objectsOf,
  type Rule,
  type Selection,
  type Thing,
  type TypeRef,
  VARIABLES,
  type Value,
} from './model.js';

/*
 * The policy as a reader of its description would apply it, rule by rule, with no regard to speed: no bits, no sets, no
 * plan, no cache, and no graphql-js.
 */

/** What the oracle expects of one caller's operation. */
export interface Expectation {
  /** Coordinates that deny the operation as a whole. */
  readonly deniedBeforehand: ReadonlySet<string>;
  /** The data of the response where none is denied. */
  readonly data: unknown;
  /** The selections that are denied on completion, as "coordinate path", without list indices. */
  readonly denied: ReadonlySet<string>;
}

export function expectationOf(model: Model, operation: Operation, caller: Caller): Expectation {
  const root = operation.kind === 'query' ? 'Query' : 'Mutation';
  const deniedBeforehand = new Set<string>();
  const given: Given[] = [];
  checkSelections({ model, operation, caller }, operation.selections, {
    within: objectsOf(model, root),
    here: objectsOf(model, root),
    type: root,
    isCertain: true,
    deniedBeforehand,
    given,
  });
  for (const coordinate of delegationsIn(given, { model, caller })) deniedBeforehand.add(coordinate);
  // What follows from whole objects is asked last.
  if (deniedBeforehand.size === 0 && lacksDerived(given, { model, caller })) deniedBeforehand.add('In.b');
  const denied = new Set<string>();
  if (deniedBeforehand.size > 0) return { deniedBeforehand, denied, data: undefined };
  const run = { model, operation, caller, denied };
  const data = resolveObject(run, operation.selections, { type: root, id: 1 }, '');
  return { deniedBeforehand, denied, data: data === BUBBLE ? null : data };
}

interface Case {
  readonly model: Model;
  readonly operation: Operation;
  readonly caller: Caller;
}

/** YES, NO, or only a result tells (for an owner below the root). */
type Outcome = 'YES' | 'NO' | 'LATER';

function meets({ caller }: Case, rule: Rule | undefined, isOwner: boolean | undefined): Outcome {
  if (!rule) return 'YES';
  if (caller.kind === 'ANONYMOUS') return 'NO';
  if (rule.kind && rule.kind !== caller.kind) return 'NO';
  const isAnyHeld = rule.anyScopes.length === 0 || rule.anyScopes.some((scope) => caller.scopes.includes(scope));
  if (isAnyHeld && rule.scopes.every((scope) => caller.scopes.includes(scope))) return 'YES';
  if (!rule.owner || caller.kind !== 'USER') return 'NO';
  return isOwner === undefined ? 'LATER' : isOwner ? 'YES' : 'NO';
}

function all(outcomes: readonly Outcome[]): Outcome {
  return outcomes.includes('NO') ? 'NO' : outcomes.includes('LATER') ? 'LATER' : 'YES';
}

/** The type by itself: its rule and those of its interfaces. */
function meetsType(run: Case, name: string): Outcome {
  const composite = compositeOf(run.model, name);
  if (!composite) return meets(run, run.model.leafRules[name], undefined);
  const above = composite.implements.map((parent) => compositeOf(run.model, parent));
  return all([composite, ...above].map((one) => meets(run, one?.rule, undefined)));
}

/** A field of an object type; `isOwner` where it is known. */
function meetsField(run: Case, owner: Composite, field: Field, isOwner: boolean | undefined): Outcome {
  const above = owner.implements.map((parent) => compositeOf(run.model, parent));
  const rules = [owner, ...above].map((one) => one?.fields.find(({ name }) => name === field.name)?.rule);
  return all([
    ...rules.map((rule) => meets(run, rule, isOwner)),
    meetsType(run, owner.name),
    meetsType(run, field.type.name),
  ]);
}

/** Whether some result of the field could be seen. */
function couldBeSeen(run: Case, owner: Composite, field: Field, isOwner: boolean | undefined): boolean {
  if (meetsField(run, owner, field, isOwner) === 'NO') return false;
  const isAbstract = field.type.name === 'U' || compositeOf(run.model, field.type.name)?.kind === 'interface';
  return !isAbstract || objectsOf(run.model, field.type.name).some(({ name }) => meetsType(run, name) !== 'NO');
}

interface Block {
  readonly within: readonly Composite[];
  readonly here: readonly Composite[];
  readonly type: string;
  readonly isCertain: boolean;
  readonly deniedBeforehand: Set<string>;
  /** All that was given so far. */
  readonly given: Given[];
}

function checkSelections(run: Case, selections: readonly Selection[], block: Block): void {
  const { model } = run;
  for (const selection of selections) {
    if (!isSelected(run, selection)) continue;
    if (selection.kind !== 'field') {
      const [on, inner] = fragmentOf(run, selection);
      const here = on === undefined ? block.here : block.here.filter((one) => objectsOf(model, on).includes(one));
      checkSelections(run, inner, { ...block, here, type: on ?? block.type });
      continue;
    }
    const { name, args } = selection;
    const candidates = block.here.flatMap((owner) => {
      const field = owner.fields.find((candidate) => candidate.name === name);
      return field ? [{ owner, field }] : [];
    });
    const [first] = candidates;
    if (!first) continue;

    const seen = block.here.length === 1 ? first.owner.name : block.type;
    const isCertain = block.isCertain && block.here.length === block.within.length;
    const isRoot = first.owner.name === 'Query' || first.owner.name === 'Mutation';
    const isOwner = isRoot ? isOwn(ownerArgument(run, args)) : undefined;
    if (isCertain && !candidates.some(({ owner, field }) => couldBeSeen(run, owner, field, isOwner))) {
      block.deniedBeforehand.add(`${seen}.${name}`);
    }
    for (const { owner } of candidates) {
      checkArguments(run, owner, selection, { deniedBeforehand: block.deniedBeforehand, seen });
      const values = suppliedOf(run, { kind: 'object', fields: args }) as Record<string, unknown>;
      block.given.push({ coordinate: `${owner.name}.${name}`, value: values }, ...fieldsOf(values['where']));
    }

    const declared = compositeOf(model, block.type)?.fields.find((field) => field.name === name) ?? first.field;
    const below = model.composites.filter((one) =>
      candidates.some(({ field }) => objectsOf(model, field.type.name).includes(one)),
    );
    checkSelections(run, selection.selections, {
      ...block,
      within: below,
      here: below,
      type: declared.type.name,
      isCertain,
    });
  }
}

function checkArguments(
  run: Case,
  owner: Composite,
  { name, args }: Extract<Selection, { kind: 'field' }>,
  { deniedBeforehand, seen }: { readonly deniedBeforehand: Set<string>; readonly seen: string },
): void {
  const sources = [owner, ...owner.implements.map((parent) => compositeOf(run.model, parent))];
  for (const [key, value] of Object.entries(args)) {
    const supplied = suppliedOf(run, value);
    if (supplied === undefined) continue;
    for (const source of sources) {
      const argument = source?.fields.find((field) => field.name === name)?.args.find((one) => one.name === key);
      const rules = [argument?.rule, argument?.type === 'X' ? run.model.leafRules['X'] : undefined];
      if (rules.some((rule) => meets(run, rule, undefined) === 'NO')) deniedBeforehand.add(`${seen}.${name}(${key}:)`);
    }
    checkInput(run, supplied, deniedBeforehand);
  }
}

/** Fields of In: a, b, and again an In as `in`, and an enum E as `e`. */
function checkInput(run: Case, supplied: unknown, deniedBeforehand: Set<string>): void {
  if (typeof supplied !== 'object' || supplied === null) return;
  for (const [key, value] of Object.entries(supplied)) {
    if (value === undefined) continue;
    const rules = [run.model.leafRules[`In.${key}`], key === 'e' ? run.model.leafRules['E'] : undefined];
    if (rules.some((rule) => meets(run, rule, undefined) === 'NO')) deniedBeforehand.add(`In.${key}`);
    if (key === 'in') checkInput(run, value, deniedBeforehand);
  }
}

/** What the client supplies there; undefined: nothing. */
function suppliedOf({ operation }: Case, value: Value): unknown {
  if (value.kind === 'int') return value.value;
  if (value.kind === 'variable') {
    return value.name in operation.variables ? operation.variables[value.name] : VARIABLES[value.name]?.default;
  }
  const entries = Object.entries(value.fields).map(([key, field]) => [key, suppliedOf({ operation } as Case, field)]);
  return Object.fromEntries(entries.filter(([, supplied]) => supplied !== undefined));
}

function ownerArgument(run: Case, args: Readonly<Record<string, Value>>): unknown {
  return args['by'] && suppliedOf(run, args['by']);
}

function isSelected({ operation }: Case, { conditions }: Selection): boolean {
  return conditions.every(({ directive, on }) => {
    const holds = typeof on === 'boolean' ? on : (operation.variables[on] ?? VARIABLES[on]?.default);
    return directive === 'skip' ? holds !== true : holds !== false;
  });
}

function fragmentOf({ operation }: Case, selection: Exclude<Selection, { kind: 'field' }>) {
  if (selection.kind === 'inline') return [selection.on, selection.selections] as const;
  const fragment = operation.fragments[selection.name];
  return [fragment?.on, fragment?.selections ?? []] as const;
}

/** A null at a position of a non-null type. */
const BUBBLE = Symbol('null at a non-null position');

interface Run extends Case {
  readonly denied: Set<string>;
}

/** One object of the response: its fields by response key, each resolved independently of the others. */
function resolveObject(run: Run, selections: readonly Selection[], thing: Thing, path: string): unknown {
  const fields = new Map<string, { name: string; args: Readonly<Record<string, Value>>; inner: Selection[] }>();
  collect(run, selections, thing.type, fields);
  const owner = compositeOf(run.model, thing.type);
  const entries = [...fields].map(([key, { name, args, inner }]): [string, unknown] => {
    if (name === '__typename') return [key, thing.type];
    const field = owner?.fields.find((candidate) => candidate.name === name);
    if (!owner || !field) throw new Error(`The generator selected ${thing.type}.${name}.`);
    const position = `${path}.${key}`;
    const isRoot = owner.name === 'Query' || owner.name === 'Mutation';
    const isOwner = isRoot ? isOwn(ownerArgument(run, args)) : isOwn(thing.id);
    const { wrap } = field.type;
    if (meetsField(run, owner, field, isOwner) === 'YES') {
      const value = fieldValueOf(run.model, field, thing.id);
      return [key, complete(run, { value, wrap, position, inner, coordinate: `${owner.name}.${name}` })];
    }
    run.denied.add(`${owner.name}.${name} ${position}`);
    return [key, wrap[0] === '!' ? BUBBLE : null];
  });
  return entries.some(([, value]) => value === BUBBLE) ? BUBBLE : Object.fromEntries(entries);
}

interface Completing {
  readonly value: unknown;
  readonly wrap: TypeRef['wrap'];
  readonly position: string;
  readonly coordinate: string;
  readonly inner: readonly Selection[];
}

function complete(run: Run, completing: Completing): unknown {
  const { value, position, coordinate, inner } = completing;
  const [outer, ...wrap] = completing.wrap;
  if (outer === '!') return complete(run, { ...completing, wrap }) ?? BUBBLE;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    const items = value.map((item) => complete(run, { ...completing, value: item, wrap }));
    return items.includes(BUBBLE) ? null : items;
  }
  const thing = value as Thing; // the data hold nothing else
  if (meetsType(run, thing.type) === 'YES') {
    const object = resolveObject(run, inner, thing, position);
    return object === BUBBLE ? null : object;
  }
  run.denied.add(`${coordinate} ${position}`);
  return null;
}

function collect(
  run: Run,
  selections: readonly Selection[],
  type: string,
  fields: Map<string, { name: string; args: Readonly<Record<string, Value>>; inner: Selection[] }>,
): void {
  for (const selection of selections) {
    if (!isSelected(run, selection)) continue;
    if (selection.kind === 'field') {
      const key = selection.alias ?? selection.name;
      const known = fields.get(key) ?? { name: selection.name, args: selection.args, inner: [] };
      known.inner.push(...selection.selections);
      fields.set(key, known);
    } else {
      const [on, inner] = fragmentOf(run, selection);
      const applies = on === undefined || objectsOf(run.model, on).some(({ name }) => name === type);
      if (applies) collect(run, inner, type, fields);
    }
  }
}
