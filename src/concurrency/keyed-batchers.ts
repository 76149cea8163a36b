/** A batcher for each key, kept while it has items. */
export function createKeyedBatchers<Item, Result>(
  create: () => (item: Item) => Promise<Result>,
): (key: string, item: Item) => Promise<Result> {
  const batchers = new Map<string, { readonly enqueue: (item: Item) => Promise<Result>; inFlight: number }>();
  return async (key, item) => {
    const batcher = batchers.get(key) ?? { enqueue: create(), inFlight: 0 };
    batchers.set(key, batcher);
    batcher.inFlight += 1;
    try {
      return await batcher.enqueue(item);
    } finally {
      batcher.inFlight -= 1;
      if (batcher.inFlight === 0) batchers.delete(key);
    }
  };
}
