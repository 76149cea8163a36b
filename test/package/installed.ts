/** The package as it is published, installed into an empty folder. */
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Installed {
  /** Where it was installed. Every user may enter it: a server that root starts becomes another user. */
  readonly folder: string;
  /** The paths of the files in the package. */
  readonly files: readonly string[];
  /** Of the package, in bytes. */
  readonly size: number;
  /** Runs a command in the folder, such as `npx`. */
  run(command: string, ...args: string[]): Promise<{ stdout: string; stderr: string }>;
}

/**
 * Packs what is built, with the declarations that `npm run build` writes too: `prepack` would replace the pages, which other tests
 * use meanwhile. The test of the image packs in a folder of its own, with `prepack`. The installation asks the registry for what
 * is not in npm's cache, and fails where it does not respond.
 */
export async function install(onCleanup: (work: () => Promise<void>) => void): Promise<Installed> {
  const base = await mkdtemp(join(tmpdir(), 'scrip-package-'));
  onCleanup(() => rm(base, { recursive: true, force: true, maxRetries: 5 }));
  const folder = join(base, 'empty');
  await mkdir(folder);
  for (const path of [base, folder]) await chmod(path, 0o755);

  await run(process.execPath, ['tools/build.mjs']);
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.package.json']);
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', base], {
    maxBuffer: 10_000_000,
  });
  const [packed]: { size: number; files: { path: string }[] }[] = JSON.parse(stdout);
  const [tarball = ''] = (await readdir(base)).filter((name) => name.endsWith('.tgz'));
  const runHere: Installed['run'] = (command, ...args) => run(command, args, { cwd: folder, env: environment() });
  await runHere(
    'npm',
    'install',
    '--prefer-offline',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    join(base, tarball),
  );
  if (packed === undefined) throw new Error('npm packed nothing.');
  return { folder, files: packed.files.map(({ path }) => path), size: packed.size, run: runHere };
}

/** Without the settings of the shell and of the npm that runs the tests. */
export function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, PORT: '0' };
}
