import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Whether a file was built after everything in some files and folders was last changed, by their clock; false if one is missing. */
export function isNewer(file, sources) {
  if (![file, ...sources].every((path) => existsSync(path))) return false;
  const built = statSync(file).mtimeMs;
  return sources.flatMap(withContents).every((source) => statSync(source).mtimeMs <= built);
}

/** With the folders themselves, which change when a file is removed. */
function withContents(source) {
  if (!statSync(source).isDirectory()) return [source];
  return [source, ...readdirSync(source, { recursive: true, encoding: 'utf8' }).map((file) => join(source, file))];
}
