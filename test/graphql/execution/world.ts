import { setImmediate as nextTurn } from 'node:timers/promises';
import { buildSchema, GraphQLError, isObjectType, responsePathAsArray } from 'graphql';

const FIELDS = /* GraphQL */ `
  thing: Thing
  must: Thing!
  things: [Thing]
  musts: [Thing!]!
  many: [[Int!]]
  name: String
  size(add: Int = 1, to: [Int!]): Int!
  color: Color
  method(add: Int): Int
  plain(by: Int! = 2): Int
`;
export const schema = buildSchema(/* GraphQL */ `
  type Query { ${FIELDS} }
  type Mutation { ${FIELDS} }
  type Thing { ${FIELDS} }
  enum Color { RED GREEN }
`);

/** What a field does, chosen by its position and a seed. */
const BEHAVIOURS = [
  'VALUE',
  'VALUE',
  'VALUE',
  'LATER',
  'LATER',
  'NULL',
  'NULL_LATER',
  'THROWS',
  'REJECTS',
  'ERROR',
  'WRONG',
] as const;

/** The values of one execution. Those that come later come one by one, when they are released. */
export class World {
  readonly #seed: number;
  #waiting: { readonly at: string; readonly release: () => void }[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** An object whose properties are decided when they are read. */
  source(at: string): object {
    return new Proxy(
      {},
      {
        get: (_target, name) => {
          if (typeof name !== 'string' || !(name in (schema.getQueryType()?.getFields() ?? {}))) return undefined;
          if (name === 'method') return ({ add }: { add?: number }) => this.field(`${at}.method`, add ?? 0);
          return this.field(`${at}.${name}`, 0);
        },
      },
    );
  }

  /** @param add to a number. */
  field(at: string, add: number): unknown {
    const failure = new GraphQLError(`The value at ${at} failed.`);
    switch (BEHAVIOURS[this.#pick(at, BEHAVIOURS.length)]) {
      case 'LATER':
        return this.#later(at).then(() => this.#value(at, add));
      case 'NULL':
        return null;
      case 'NULL_LATER':
        return this.#later(at).then(() => undefined);
      case 'THROWS':
        throw failure;
      case 'REJECTS':
        return this.#later(at).then(() => Promise.reject(failure));
      case 'ERROR':
        return failure;
      case 'WRONG':
        return { no: 'list and no scalar' };
      default:
        return this.#value(at, add);
    }
  }

  /** Releases what is waited for, in an order of the seed, until nothing is. */
  async drive<Result>(work: Promise<Result>): Promise<Result> {
    for (let step = 0; ; step++) {
      await nextTurn();
      if (this.#waiting.length === 0) return await work;
      this.#waiting.sort((one, other) => (one.at < other.at ? -1 : 1));
      const [next] = this.#waiting.splice(this.#pick(`step ${step}`, this.#waiting.length), 1);
      next?.release();
    }
  }

  #value(at: string, add: number): unknown {
    switch (at.slice(at.lastIndexOf('.') + 1)) {
      case 'thing':
      case 'must':
        return this.source(at);
      case 'things':
      case 'musts':
        return this.#list(at, (item) => this.#item(item, () => this.source(item)));
      case 'many':
        return this.#list(at, (item) =>
          this.#item(item, () => this.#list(item, (inner) => this.#item(inner, () => 7))),
        );
      case 'name':
        return 'n'.repeat(this.#pick(`${at} length`, 400));
      case 'color':
        return this.#pick(`${at} color`, 3) === 0 ? 'BLUE' : 'RED';
      default:
        return 1 + add;
    }
  }

  #list(at: string, itemAt: (at: string) => unknown): unknown[] {
    return Array.from({ length: this.#pick(`${at} length`, 4) }, (_, index) => itemAt(`${at}[${index}]`));
  }

  #item(at: string, value: () => unknown): unknown {
    const behaviours = [value, value, value, () => null, () => new GraphQLError(`The item ${at} failed.`)];
    const chosen = behaviours[this.#pick(`${at} item`, behaviours.length)] ?? value;
    return this.#pick(`${at} later`, 3) === 0 ? this.#later(at).then(chosen) : chosen();
  }

  #later(at: string): Promise<void> {
    return new Promise((release) => this.#waiting.push({ at, release }));
  }

  #pick(what: string, count: number): number {
    let hash = this.#seed;
    for (const character of what) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193) >>> 0;
    return hash % count;
  }
}

/** The fields of the root types, and `size`, have resolvers; the others are read from their objects. */
for (const type of Object.values(schema.getTypeMap()).filter(isObjectType)) {
  for (const field of Object.values(type.getFields())) {
    if (type.name.startsWith('__') || (type.name === 'Thing' && field.name !== 'size')) continue;
    field.resolve = (_source, { add = 0, to = [] }, { world }: { world: World }, { path, fieldName }) =>
      world.field(`${responsePathAsArray(path).join('.')}.${fieldName}`, add + to.length);
  }
}
