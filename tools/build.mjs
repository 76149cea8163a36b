/**
 * Bundles the programs in src/ into dist/, for plain Node to run: each is one file with all that it imports, which starts
 * in half the time that Node takes to find and load those files one by one, and in less memory. The client and the policy,
 * which others import, are bundled without the packages that they use. What the programs read of src/ is copied, since the
 * published package has no src/. Nothing is done unless a source or a package has changed since. Where the development
 * dependencies are not installed, as after `npm ci --omit=dev`, what was built before stays.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isNewer } from './is-newer.mjs';
import { describeLicenses } from './licenses.mjs';

const root = join(import.meta.dirname, '..');
const programs = ['main', 'cli/main'];
const libraries = ['client/client', 'policy/policy'];

/** What a program loads only where it is needed: a file of its own, and not a part of the program's. */
const loadedLater = ['http/otlp-spans'];

/** What the programs read: the operations of the pages, and the list of passwords. */
const READ = /^web\/.*\.graphql$|^users\/common-passwords\.txt$/;

/** What is not bundled: native code, and what may be missing. */
const external = ['@node-rs/*', 'pg-native', 'pino-pretty'];

/**
 * Apollo hashes each request. Its function detects Node in a way that fails in a bundle, and would then use a SHA-256 in
 * JavaScript; where detection works, it looks up Node's module with each call.
 */
const alias = { '@apollo/utils.createhash': 'node:crypto' };

/** Leaves `import('…/otlp-spans.js')` where it is. The path is that from `dist/main.js`, the only program that has it. */
const loadLater = {
  name: 'load-later',
  setup: ({ onResolve }) =>
    onResolve({ filter: new RegExp(`/(?:${loadedLater.join('|')})\\.js$`) }, ({ path, kind }) => {
      const [file] = loadedLater.filter((name) => path.endsWith(`/${name}.js`));
      return kind === 'dynamic-import' ? { path: `./${file}.js`, external: true } : undefined;
    }),
};

/** What packages in CommonJS expect to be there. */
const COMMON_JS = `
import { createRequire as createRequireHere } from 'node:module';
const require = createRequireHere(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname;`;

if (!isCurrent()) {
  const esbuild = await import('esbuild').catch((error) => {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  });
  if (esbuild !== undefined) await bundle(esbuild);
  else if (!programs.every((name) => existsSync(built(name)))) {
    process.stderr.write('dist/ is missing. Run `npm ci`, which installs what builds it, or copy dist/ here.\n');
    process.exit(1);
  }
}

function built(name) {
  return join(root, 'dist', `${name}.js`);
}

function isCurrent() {
  const sources = readdirSync(join(root, 'src')).filter((name) => name !== 'web');
  const paths = [
    ...sources.map((name) => join(root, 'src', name)),
    import.meta.filename,
    join(import.meta.dirname, 'licenses.mjs'),
    join(root, 'package-lock.json'),
  ];
  return [...programs, ...loadedLater, ...libraries].every((name) => isNewer(built(name), [...paths, ...read()]));
}

/** The paths of the files that the programs read. */
function read() {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  return files.filter((file) => READ.test(file.replaceAll('\\', '/'))).map((file) => join(root, 'src', file));
}

/** @param {typeof import('esbuild')} esbuild */
async function bundle(esbuild) {
  const began = new Date(); // what changes from now on may be missing: it is newer than what is built
  const { outputFiles, metafile } = await esbuild.build({
    entryPoints: [...programs, ...loadedLater].map((name) => join(root, 'src', `${name}.ts`)),
    outbase: join(root, 'src'),
    outdir: join(root, 'dist'),
    bundle: true,
    external,
    plugins: [loadLater],
    alias,
    banner: { js: COMMON_JS },
    // Otherwise Apollo and graphql-js run development checks, and put more into errors.
    define: { 'process.env.NODE_ENV': '"production"' },
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    // Halves the size of the files and the memory for their text. Names stay, for stack traces, and a source map has the
    // lines for `node --enable-source-maps`. Lines are short, as Node prints the one in which an error occurred.
    minifyWhitespace: true,
    lineLimit: 120,
    sourcemap: 'linked',
    legalComments: 'none', // licenses.md has the licenses
    metafile: true,
    absWorkingDir: root,
    write: false,
  });
  const imported = await esbuild.build({
    entryPoints: libraries.map((name) => join(root, 'src', `${name}.ts`)),
    outbase: join(root, 'src'),
    outdir: join(root, 'dist'),
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    write: false,
  });
  await esbuild.stop(); // its process would stay as long as ours
  const copies = read().map((path) => ({ path: path.replace(root, join(root, 'dist')), contents: readFileSync(path) }));
  const licenses = {
    path: join(root, 'dist/licenses.md'),
    contents: describeLicenses(Object.keys(metafile.inputs).map((path) => join(root, path))),
  };
  for (const { path, contents } of [...copies, licenses, ...imported.outputFiles, ...outputFiles])
    replace(path, contents, began);
}

/** Whole or not at all: a server and a command may start, and read these files, at the same time. */
function replace(path, contents, began) {
  mkdirSync(dirname(path), { recursive: true });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, contents, { mode: contents[0] === 35 ? 0o755 : 0o644 }); // 35: the # of `#!`
  utimesSync(draft, began, began);
  renameSync(draft, path);
}
