import { readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

// Overrides a value of the shell or a test runner, which would build React for development.
process.env['NODE_ENV'] = 'production';

const root = import.meta.dirname;
const pages = join(root, 'src/web');
const outDir = join(root, 'dist/web');

/** Builds the web pages into `dist/web`: `<page>/index.html`, and under `assets/` files with a hash in their names. */
export default defineConfig({
  root: pages,
  base: './', // scripts and styles find each other below any path
  publicDir: false,
  plugins: [react(), gzipped(), sourceList()],
  resolve: {
    // monaco-editor contains DOMPurify 3.1.7, which has advisories, and GraphiQL pins that version of the editor.
    alias: [{ find: /^.*\/dompurify\/dompurify\.js$/, replacement: join(pages, 'graphiql/dompurify.ts') }],
  },
  worker: { format: 'es' },
  build: {
    outDir,
    emptyOutDir: true,
    license: { fileName: 'licenses.md' },
    chunkSizeWarningLimit: 3_000, // in kB: the code editor is one chunk of 2,800
    rolldownOptions: {
      input: ['graphiql', 'console'].map((page) => join(pages, page, 'index.html')),
      checks: { moduleLevelDirective: false }, // "use no memo" is only for React's compiler, which has already run
    },
  },
});

/** Writes `<asset>.gz` beside each script and style, so that GraphiQL loads 1.5 MB instead of 5.3. */
function gzipped(): Plugin {
  return {
    name: 'gzipped',
    async writeBundle(_options, bundle) {
      const files = Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name));
      for (const file of files.map((name) => join(outDir, name))) {
        await writeFile(`${file}.gz`, await promisify(gzip)(await readFile(file)));
      }
    },
  };
}

/** Writes `dist/web-sources.json`: the files of this repository that the pages are built from. */
function sourceList(): Plugin {
  return {
    name: 'source-list',
    writeBundle: {
      // After all other files: the list says that the build is complete.
      order: 'post',
      sequential: true,
      async handler() {
        const files = [...this.getModuleIds()]
          .map((id) => relative(root, id.replace(/[?#].*$/, '')))
          .filter((file) => file.startsWith('src')); // the others are of packages, or made by plugins
        await writeFile(join(root, 'dist/web-sources.json'), JSON.stringify([...new Set(files)].sort(), null, 2));
      },
    },
  };
}
