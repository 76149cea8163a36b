import { existsSync } from 'node:fs';

/** The folder of the project, where its package.json is: above src/, and above dist/, where all of src/ is one file. */
export const root = findRoot(new URL('.', import.meta.url));

function findRoot(folder: URL): URL {
  const above = new URL('..', folder);
  // Above the root of a disk there is only that itself.
  return existsSync(new URL('package.json', folder)) || above.href === folder.href ? folder : findRoot(above);
}
