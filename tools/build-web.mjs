/**
 * Builds the web pages into dist/web with Vite, unless the build is newer than its sources. The server also runs without
 * the pages: if Vite is not installed or the build fails, this script still exits with 0.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isNewer } from './is-newer.mjs';

const root = join(import.meta.dirname, '..');
const sources = join(root, 'src/web');
const vite = findVite();
const page = join(root, 'dist/web/graphiql/index.html'); // written last

// A change of the lock file means other versions of the packages in the pages.
if (vite !== undefined && !isNewer(page, [sources, import.meta.filename, join(root, 'package-lock.json')])) {
  process.stderr.write('Building the web pages. This takes a few seconds.\n');
  const options = ['build', '--logLevel', 'warn', '--config', join(sources, 'vite.config.ts')];
  spawnSync(process.execPath, [vite, ...options], { cwd: root, stdio: ['ignore', process.stderr, process.stderr] });
}

function findVite() {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin/vite.js');
  } catch {
    return undefined;
  }
}
