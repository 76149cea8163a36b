/** "`a`", "`a` and `b`", "`a`, `b` and `c`". */
export function quoteList(labels: readonly string[]): string {
  const quoted = labels.map((label) => `\`${label}\``);
  return quoted.length < 2 ? quoted.join() : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}
