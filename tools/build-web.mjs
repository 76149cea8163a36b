/**
 * Builds the web pages into dist/web with Vite, unless what is there is newer than their sources. The API serves without
 * pages too: where Vite is not installed, or fails, this says so at most, and whatever comes next goes on.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { isNewer } from './is-newer.mjs';

const root = join(import.meta.dirname, '..');
const sources = join(root, 'src/web');
const vite = findVite();
const page = join(root, 'dist/web/graphiql/index.html'); // is written last

// The lock file stands for the packages that go into the pages.
if (vite !== undefined && !isNewer(page, [sources, import.meta.filename, join(root, 'package-lock.json')])) {
  process.stderr.write('Building the web pages, which takes some seconds.\n');
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
