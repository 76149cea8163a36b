/**
 * What is to be remembered of objects, for as long as each of them lives: a WeakMap by what it says, but kept in the
 * objects themselves. When V8 clears away young objects, it takes every value of a WeakMap for alive; a request's leads
 * to its context, and so all that the request has made would grow old first. At one connection, that was half of what
 * there was to copy.
 */
export class Notes<Value> {
  readonly #key = Symbol('note');
  /** For objects that take no more properties. */
  readonly #others = new WeakMap<object, Value>();

  get(object: object): Value | undefined {
    const other = Object.isExtensible(object) ? undefined : this.#others.get(object);
    if (other !== undefined) return other;
    const note = (object as Noted<Value>)[this.#key];
    // What was copied from another object, or is inherited from it, is a note about that one.
    return note?.about === object ? note.value : undefined;
  }

  set(object: object, value: Value): void {
    if (Object.isExtensible(object)) (object as Noted<Value>)[this.#key] = { about: object, value };
    else this.#others.set(object, value);
  }
}

/** Any object may have a note: nothing else knows the symbol. */
type Noted<Value> = Record<symbol, { readonly about: object; readonly value: Value } | undefined>;
