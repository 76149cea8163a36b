/**
 * Runs the server for development, as `npm run dev`: it restarts when a source, the schema, a migration or `.env` changes,
 * and the web pages are built again when one of their sources changes. A page shows that when it is loaded again.
 */
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const tsx = createRequire(import.meta.url).resolve('tsx/cli');

/** What the server reads without importing it. */
const INCLUDED = ['schema/*.graphql', 'drizzle/migrations/*.sql', 'drizzle/indexes/*.sql', '.env'];

/** An editor that saves writes several times. */
const SETTLED_MS = 200;

await buildPages(); // the server looks for them when it starts
const server = run([
  tsx,
  'watch',
  '--clear-screen=false',
  ...INCLUDED.map((pattern) => `--include=${pattern}`),
  'src/main.ts',
]);
const pages = watchPages();
process.on('SIGTERM', () => server.kill('SIGTERM'));
process.on('SIGINT', () => {
  if (!process.stdin.isTTY) server.kill('SIGINT'); // a terminal sends Ctrl-C to the server as well
});
server.on('exit', (code) => {
  pages.close();
  process.exit(code ?? 1);
});

/** @param {string[]} args of Node. */
function run(args) {
  return spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
}

/** Does nothing while the pages are newer than their sources. */
function buildPages() {
  return new Promise((resolve) => run([join(root, 'tools/build-web.mjs')]).on('exit', resolve));
}

function watchPages() {
  let timer;
  let built = Promise.resolve();
  return watch(join(root, 'src'), { recursive: true }, () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      built = built.then(buildPages); // one build at a time
    }, SETTLED_MS);
  });
}
