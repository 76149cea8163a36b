/**
 * Transpiles src/ into dist/, file by file, for plain Node to run. It takes a tenth of a second, so that whatever is run
 * by `node --import ./src/build.mjs dist/…` is never out of date. Where the development dependencies are not installed,
 * what was built before is run; `npm ci --omit=dev` builds nothing, and does not mind.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');

const esbuild = await import('esbuild').catch((error) => {
  if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
});

if (esbuild !== undefined) await transpile(esbuild);
else if (!existsSync(process.argv[1])) {
  process.stderr.write('Nothing is built. Run `npm ci`, which installs what builds it, or copy dist/ here.\n');
  process.exit(1);
}

/** @param {typeof import('esbuild')} esbuild */
async function transpile(esbuild) {
  const { outputFiles } = await esbuild.build({
    entryPoints: readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(ts|txt)$/.test(file) && !/^web\b/.test(file))
      .map((file) => join(root, 'src', file)),
    outbase: join(root, 'src'),
    outdir: join(root, 'dist'),
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    loader: { '.txt': 'copy' },
    write: false,
  });
  await esbuild.stop(); // its process would stay as long as ours
  for (const { path, contents } of outputFiles) replace(path, Buffer.from(contents));
}

/** Whole or not at all: a server and a command may start, and read these files, at the same time. */
function replace(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents, { mode: contents.subarray(0, 2).toString() === '#!' ? 0o755 : 0o644 });
  renameSync(draft, path);
}
