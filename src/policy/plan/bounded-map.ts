/** A map that drops its oldest entry once it is full. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Value>();
  readonly #maxSize: number;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** The value of a key, made and kept if there is none. */
  getOrCreate(key: Key, create: () => Value): Value {
    const known = this.#entries.get(key);
    if (known !== undefined) return known;
    const value = create();
    const [oldest] = this.#entries.size >= this.#maxSize ? this.#entries.keys() : [];
    if (oldest !== undefined) this.#entries.delete(oldest);
    this.#entries.set(key, value);
    return value;
  }
}
