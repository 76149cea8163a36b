/**
 * Builds the web pages into dist/web with Vite, unless the build is newer than its sources: the folder src/web, and the
 * files outside it that the last build bundled. The server also runs without the pages: if Vite is not installed or the
 * build fails, this script still exits with 0.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isNewer } from './is-newer.mjs';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'src/web');
const list = join(root, 'dist/web-sources.json'); // vite.config.ts writes it, last of all
const vite = findVite();
const page = join(root, 'dist/web/graphiql/index.html');

if (vite !== undefined && !(existsSync(page) && isNewer(list, sources()))) {
  process.stderr.write('Building the web pages. This takes a few seconds.\n');
  const options = ['build', '--logLevel', 'warn'];
  spawnSync(process.execPath, [vite, ...options], { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
}

function sources() {
  const bundled = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : [];
  // A change of the lock file means other versions of the packages in the pages.
  const others = [import.meta.filename, join(root, 'vite.config.ts'), join(root, 'package-lock.json')];
  return [folder, ...bundled.map((file) => join(root, file)), ...others];
}

function findVite() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  } catch {
    return undefined;
  }
}
