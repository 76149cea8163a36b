import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

// Whatever the shell or a test runner has set: it would make a build of React for development.
process.env['NODE_ENV'] = 'production';

const outDir = join(import.meta.dirname, '../../dist/web');

/** Builds the web pages into `dist/web`: `<page>/index.html`, and what they load under `assets/`, named by its hash. */
export default defineConfig({
  root: import.meta.dirname,
  base: '/',
  publicDir: false,
  plugins: [react(), gzipped()],
  resolve: {
    // monaco-editor carries DOMPurify 3.1.7, which has advisories; GraphiQL pins that version of the editor.
    alias: [
      { find: /^.*\/dompurify\/dompurify\.js$/, replacement: join(import.meta.dirname, 'graphiql/dompurify.ts') },
    ],
  },
  worker: { format: 'es' },
  build: {
    outDir,
    emptyOutDir: true,
    chunkSizeWarningLimit: 3_000, // in kB: the code editor is one chunk of 2,800
    rolldownOptions: {
      input: ['graphiql', 'console'].map((page) => join(import.meta.dirname, page, 'index.html')),
      checks: { moduleLevelDirective: false }, // "use no memo" means something to React's compiler alone, which has run
    },
  },
});

/** Writes `<asset>.gz` beside each script and style, so that a visit costs 1.5 MB instead of 5.3. */
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
