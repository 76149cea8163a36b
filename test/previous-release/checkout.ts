/** The previous release, whose commit the file `.ci/previous-release` names, in a folder of its own, built. */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = new URL('../../', import.meta.url).pathname;

/** Checks the previous release out. Undefined: this clone does not have its commit, as a shallow one may not. */
export async function checkOutPreviousRelease(): Promise<{ folder: string; remove(): Promise<void> } | undefined> {
  const commit = (await readFile(join(here, '.ci/previous-release'), 'utf8')).trim();
  const git = (...args: string[]) => run('git', ['-C', here, ...args]);
  const isHere = await git('cat-file', '-e', `${commit}^{commit}`).then(
    () => true,
    () => false,
  );
  if (!isHere) return undefined;
  const folder = await mkdtemp(join(tmpdir(), 'scrip-previous-'));
  await chmod(folder, 0o755);
  const archive = join(folder, 'archive.tar');
  await git('archive', '--output', archive, commit);
  await run('tar', ['-xf', archive, '-C', folder]);
  await rm(archive);
  if (await needsOwnModules(folder)) await run('npm', ['ci', '--ignore-scripts'], { cwd: folder });
  else await symlink(join(here, 'node_modules'), join(folder, 'node_modules'));
  await run(process.execPath, ['tools/build.mjs'], { cwd: folder });
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** Whether a package that it locks has another version here. */
async function needsOwnModules(folder: string): Promise<boolean> {
  const [theirs, ours] = await Promise.all([versionsOf(folder), versionsOf(here)]);
  return [...theirs].some(([path, version]) => ours.get(path) !== version);
}

/** The versions of the packages that a lock file has, by their paths; not that of Scrip itself. */
async function versionsOf(folder: string): Promise<ReadonlyMap<string, string>> {
  const lock: { packages: Record<string, { version?: string }> } = JSON.parse(
    await readFile(join(folder, 'package-lock.json'), 'utf8'),
  );
  const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
  return new Map(packages.map(([path, { version = '' }]) => [path, version]));
}
