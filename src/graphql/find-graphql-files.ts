import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The `.graphql` and `.gql` files in a folder and below, in order. What packages bring along is nobody's own. */
export function findGraphQLFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'node_modules')
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return findGraphQLFiles(path);
      return /\.(graphql|gql)$/i.test(entry.name) ? [path] : [];
    })
    .sort();
}
