import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The `.graphql` and `.gql` files in a folder and below, in order, apart from those of packages. Links are followed, and a
 * file that several names lead to is found once: Kubernetes mounts a ConfigMap as links into a hidden folder beside them.
 */
export function findGraphQLFiles(folder: string): string[] {
  const found = new Map<string, string>();
  const visited = new Set<string>();
  const visit = (path: string) => {
    const real = realpathSync(path);
    if (statSync(real).isDirectory()) {
      if (visited.has(real)) return;
      visited.add(real);
      for (const name of readdirSync(real).sort()) {
        if (name !== 'node_modules' && !name.startsWith('..')) visit(join(path, name));
      }
    } else if (/\.(graphql|gql)$/i.test(path) && !found.has(real)) found.set(real, path);
  };
  visit(folder);
  return [...found.values()].sort();
}
