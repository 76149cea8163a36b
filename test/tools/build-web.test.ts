import { spawnSync } from 'node:child_process';
import { readFileSync, utimesSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it as base, expect } from 'vitest';

/** The checkout with its built pages, in which a script stands for Vite. */
const it = base.extend(
  'checkout',
  { scope: 'file' },
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from this pattern which fixtures a fixture uses.
  async ({}, { onCleanup }) => {
    const checkout = await mkdtemp(join(tmpdir(), 'scrip-pages-'));
    onCleanup(() => rm(checkout, { recursive: true }));
    for (const name of [
      'dist/web-sources.json',
      'dist/web/graphiql/index.html',
      'src',
      'tools',
      'package-lock.json',
      'vite.config.ts',
    ]) {
      await cp(name, join(checkout, name), { recursive: true, preserveTimestamps: true });
    }
    const vite = join(checkout, 'node_modules/vite');
    await mkdir(join(vite, 'bin'), { recursive: true });
    await writeFile(join(vite, 'package.json'), '{ "name": "vite" }');
    await writeFile(join(vite, 'bin/vite.js'), '');
    touch(checkout, 'dist/web-sources.json', new Date()); // the folders of the copy are new
    return checkout;
  },
);

const bundled: string[] = JSON.parse(readFileSync('dist/web-sources.json', 'utf8'));
const outside = bundled.filter((file) => !file.startsWith('src/web/'));

function touch(checkout: string, file: string, time: Date): void {
  utimesSync(join(checkout, file), time, time);
}

function isBuilt(checkout: string): boolean {
  const { status, stderr } = spawnSync(process.execPath, [join(checkout, 'tools/build-web.mjs')], { encoding: 'utf8' });
  expect(status).toBe(0);
  return stderr.includes('Building the web pages');
}

it('The list of the sources of the pages has what they share with the server, and not its start', () => {
  expect(outside).toContain('src/auth/scope.ts');
  expect(bundled).toContain('src/web/console/main.tsx');
  expect(bundled).not.toContain('src/main.ts');
});

it('The pages that were built for this run are not built again', () => {
  expect(isBuilt('.')).toBe(false);
});

it('The pages are built again after a change of a source, and not after one of another file', ({ checkout }) => {
  const [before, after] = [new Date(0), new Date(Date.now() + 60_000)];
  touch(checkout, 'src/main.ts', after);
  expect(isBuilt(checkout)).toBe(false);
  for (const file of [...outside, 'src/web/console/main.tsx']) {
    touch(checkout, file, after);
    expect({ file, isBuilt: isBuilt(checkout) }).toEqual({ file, isBuilt: true });
    touch(checkout, file, before);
    expect({ file, isBuilt: isBuilt(checkout) }).toEqual({ file, isBuilt: false });
  }
});
