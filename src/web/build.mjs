/**
 * Builds the web pages into dist/web with Vite, unless what is there is newer than their sources. The API serves without
 * pages too: where Vite is not installed, or fails, this says so at most, and whatever comes next goes on.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const sources = import.meta.dirname;
const root = join(sources, '../..');
const vite = findVite();

if (vite !== undefined && !isCurrent()) {
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

/** By the clock of the file system: the page is written last. The lock file stands for the packages that go into it. */
function isCurrent() {
  const page = join(root, 'dist/web/graphiql/index.html');
  if (!existsSync(page)) return false;
  const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).map((file) => join(sources, file));
  const built = statSync(page).mtimeMs;
  return [...files, join(root, 'package-lock.json')].every((file) => statSync(file).mtimeMs <= built);
}
