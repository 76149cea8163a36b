import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Rows } from './database.js';
import type { Contender } from './line-up.js';

const here = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** A build of Scrip, which may be another one than that of this checkout. */
export interface Build {
  readonly contender: Contender;
  /** What fills its tables: they may be others than those of this checkout. */
  readonly rows: Rows;
  migrate(url: string): void;
  /** Removes what was made for it. */
  remove(): void;
}

/**
 * Builds Scrip from a directory with its packages installed, or from a commit with the packages of this checkout.
 *
 * @param source a path, or anything that names a commit: a branch, a tag, a hash.
 */
export async function openBuild(source: string, name: string): Promise<Build> {
  const isDirectory = existsSync(join(source, 'package.json'));
  const root = isDirectory ? resolve(source) : extract(source);
  const remove = () => {
    if (!isDirectory) rmSync(root, { recursive: true });
  };
  try {
    execFileSync(process.execPath, ['tools/build.mjs'], { cwd: root, stdio: ['ignore', 2, 2] });
    return { ...(await describeBuild(root, source === '.' ? 'this checkout' : source, name)), remove };
  } catch (error) {
    remove();
    throw error;
  }
}

async function describeBuild(root: string, title: string, name: string): Promise<Omit<Build, 'remove'>> {
  const [{ NODE_FLAGS }, { SCRIP_ROWS }] = await Promise.all([
    import(join(root, 'src/process/node-flags.ts')) as Promise<typeof import('../../src/process/node-flags.js')>,
    import(join(root, 'test/bench/rows-scrip.ts')) as Promise<typeof import('./rows-scrip.js')>,
  ]);
  return {
    contender: {
      name,
      title,
      program: join(root, 'dist/main.js'),
      tables: 'scrip',
      isGraphQL: true,
      nodeOptions: NODE_FLAGS,
      packages: [],
    },
    rows: SCRIP_ROWS,
    migrate: (url) => {
      execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), 'migrate'], {
        cwd: tmpdir(),
        env: { PATH: process.env['PATH'] ?? '', DATABASE_URL: url },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
    },
  };
}

/** Writes the files of a commit to a folder of their own. */
function extract(commit: string): string {
  const root = mkdtempSync(join(tmpdir(), 'scrip-build-'));
  const archive = execFileSync('git', ['archive', commit], { cwd: here, maxBuffer: 1e9 });
  execFileSync('tar', ['-x', '-C', root], { input: archive });
  symlinkSync(join(here, 'node_modules'), join(root, 'node_modules'));
  if (lockOf(root) !== lockOf(here)) process.stderr.write(`${commit} runs with the packages of this checkout.\n`);
  return root;
}

const lockOf = (root: string) => readFileSync(join(root, 'package-lock.json'), 'utf8');
