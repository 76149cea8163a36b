/** Scopes, and choices of scopes: "`a`, `b` and one of `c` or `d`". */
export function quoteScopes(
  scopes: readonly string[],
  anyScopes: readonly (readonly string[])[],
  scopeLabel: (name: string) => string,
): string {
  const quote = (name: string) => `\`${scopeLabel(name)}\``;
  const choices = anyScopes.map((some) => `one of ${join(some.map(quote), 'or')}`);
  return join([...scopes.map(quote), ...choices], 'and');
}

/** "`a`", "`a` and `b`", "`a`, `b` and `c`". */
export function quoteList(labels: readonly string[]): string {
  return join(
    labels.map((label) => `\`${label}\``),
    'and',
  );
}

function join(items: readonly string[], last: 'and' | 'or'): string {
  return items.length < 2 ? items.join() : `${items.slice(0, -1).join(', ')} ${last} ${items.at(-1)}`;
}
