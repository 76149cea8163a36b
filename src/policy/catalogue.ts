import {
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { type Requirement, Requirements } from './requirement.js';
import { type RuleBook, readRules } from './rule.js';

/** Every coordinate of a schema with its requirement, whether it has one or not. */
export interface Catalogue {
  readonly book: RuleBook;
  readonly requirements: Requirements;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** One coordinate: an output type, a field, an argument, an input field. */
export interface Entry {
  readonly kind: 'TYPE' | 'FIELD' | 'INPUT';
  readonly requirement: Requirement;
  /** The owner paths, as written, of the rules that spare owners. */
  readonly ownerPaths: readonly string[];
}

/** @throws {Error} where the schema's policy does not build. */
export function catalogueOf(schema: GraphQLSchema): Catalogue {
  const book = readRules(schema);
  const requirements = new Requirements(book);
  const entries = new Map<string, Entry>();
  const add = (coordinate: string, kind: Entry['kind'], { needs, owned = [] }: Partial<Requirement>) => {
    const ownerPaths = owned.map(({ rule }) => book.rules.get(rule)?.owner ?? '');
    entries.set(coordinate, { kind, requirement: { needs: needs ?? 0n, owned }, ownerPaths });
  };

  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    if (isScalarType(type) || isEnumType(type)) add(type.name, 'TYPE', { needs: requirements.type(type) });
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        add(`${type.name}.${field.name}`, 'INPUT', { needs: requirements.inputField(type.name, field) });
      }
    }
    if (isObjectType(type) || isInterfaceType(type)) {
      add(type.name, 'TYPE', { needs: requirements.type(type) });
      for (const field of Object.values(type.getFields())) {
        const coordinate = `${type.name}.${field.name}`;
        add(coordinate, 'FIELD', requirements.field(type, field));
        for (const { name } of field.args) {
          add(`${coordinate}(${name}:)`, 'INPUT', { needs: requirements.argument(type, field, name) });
        }
      }
    }
  }
  return { book, requirements, entries };
}

/** All that a catalogue says, a line for each coordinate. */
export function linesOf({ requirements, entries }: Catalogue): ReadonlyMap<string, string> {
  const written = [...entries].map(([coordinate, { requirement, ownerPaths }]): [string, string] => {
    const sets = [requirement, ...requirement.owned].map(({ needs }) =>
      [needs & 7n, ...requirements.names(needs)].join(),
    );
    return [coordinate, [coordinate, ...sets, ...ownerPaths].join(' ')];
  });
  return new Map(written.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** A fingerprint of all that a catalogue says. It guards against accidents, not against forgery. */
export function fingerprintOf(catalogue: Catalogue): string {
  return digest([...linesOf(catalogue).values()].join('\n'));
}

/** FNV-1a over two lanes: 64 bits as hexadecimal digits. */
function digest(text: string): string {
  let [low, high] = [0x811c9dc5, 0xcbf29ce4];
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit ^ (low >>> 16), 0x01000193);
  }
  return [high, low].map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
}
