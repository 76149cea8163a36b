/** The items of a list with these names, which are separated by commas; without names, all. */
export function selectNamed<Named extends { readonly name: string }>(
  all: readonly Named[],
  names: string | undefined,
): Named[] {
  const wanted = names?.split(',') ?? all.map(({ name }) => name);
  return wanted.map((name) => {
    const found = all.find((candidate) => candidate.name === name);
    if (found === undefined)
      throw new Error(`There is no ${name}: ${all.map((candidate) => candidate.name).join(', ')}.`);
    return found;
  });
}
