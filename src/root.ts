import { existsSync } from 'node:fs';

/** The folder of the project, where its package.json is: above src/, and above dist/, where all of src/ is one file. */
export const root = findRoot(new URL('.', import.meta.url));

/** What the process reads of src/: there, or in an installed package, which has none, the copies that the build made. */
export const sources = findSources();

function findSources(): URL {
  const folder = new URL('src/', root);
  return existsSync(folder) ? folder : new URL('dist/src/', root);
}

function findRoot(folder: URL): URL {
  const above = new URL('..', folder);
  // Above the root of a disk there is only that itself.
  return existsSync(new URL('package.json', folder)) || above.href === folder.href ? folder : findRoot(above);
}
