/** A document with so many fragments, each of which spreads the next. */
export function fragmentChain(length: number): string {
  const fragments = Array.from(
    { length },
    (_, n) => `fragment F${n} on User { id ${n + 1 < length ? `...F${n + 1}` : ''} }`,
  );
  return ['query Chain { users { nodes { ...F0 } } }', ...fragments].join('\n');
}
