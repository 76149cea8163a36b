import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UNPRIVILEGED } from '../support/unprivileged.js';
import {
  ask,
  canBeUnprivileged,
  isRoot,
  makeCheckout,
  makeDirectory,
  makeUsedHome,
  open,
  openInProcess,
  PLATFORM_PACKAGE,
} from './process.js';

/** Where the binaries lie in a checkout. */
const NATIVE = join('node_modules', PLATFORM_PACKAGE, 'native');

describe('The location of the embedded PostgreSQL', () => {
  it('is the home if PostgreSQL can enter it', async () => {
    const home = join(await makeDirectory(), 'made', 'with its parents');
    expect((await open(home)).dataDirectory).toBe(join(home, 'postgresql', 'data'));
  });

  it.runIf(isRoot)('is always the same folder of /var/lib if only root may enter the home', async () => {
    const closed = await makeDirectory();
    const home = join(closed, 'home');
    await chmod(closed, 0o700);
    const log: string[] = [];
    const first = await open(home, (message) => log.push(message));
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.close();
    const second = await open(home);

    expect(first.dataDirectory).toMatch(/^\/var\/lib\/scrip\/[0-9a-f]{16}\/data$/);
    expect(log.at(-1)).toContain(`data: ${first.dataDirectory}`);
    expect(second.dataDirectory).toBe(first.dataDirectory);
    expect(await ask(second.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 });
    expect((await stat(closed)).mode & 0o777).toBe(0o700);
    expect((await stat(dirname(first.dataDirectory))).mode & 0o777).toBe(0o700);
  });

  it.runIf(isRoot)('stays in /var/lib when other users may enter the home later', async () => {
    const home = await makeDirectory();
    await chmod(home, 0o700);
    const { dataDirectory, close } = await open(home);
    await close();
    await chmod(home, 0o755);

    expect((await open(home)).dataDirectory).toBe(dataDirectory);
  });

  it.runIf(canBeUnprivileged)('belongs to the owner of the home, who can use it with and without root', async () => {
    const home = await makeDirectory();
    await chown(home, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
    await chmod(home, 0o700);
    const asRoot = await open(home);
    await asRoot.close();
    const opener = openInProcess({ home, checkout: await makeCheckout({ packages: 'linked' }), as: UNPRIVILEGED });
    const asOwner = await opener.report;
    const alongside = await open(home);

    expect(asOwner).toMatchObject({ startedHere: true, dataDirectory: asRoot.dataDirectory });
    expect(alongside).toMatchObject({ startedHere: false, url: asOwner.url });
    expect(await stat(asRoot.dataDirectory)).toMatchObject(UNPRIVILEGED);
    await alongside.close();
    await opener.close();
    expect(await open(home)).toMatchObject({ startedHere: true, dataDirectory: asRoot.dataDirectory });
  });

  it.runIf(canBeUnprivileged)('is refused for an ordinary user if it belongs to another user', async () => {
    const home = await makeUsedHome();
    const opener = openInProcess({ home, checkout: await makeCheckout({ packages: 'linked' }), as: UNPRIVILEGED });
    expect((await opener.report).error).toMatch(
      /^The database in .+ belongs to postgres: start as postgres or as root, or choose another SCRIP_HOME\.$/,
    );
  });

  it('cannot be a file, nor a path below a file', async () => {
    const file = join(await makeDirectory(), 'file');
    await writeFile(file, '');
    for (const home of [file, join(file, 'home')]) {
      await expect(open(home)).rejects.toThrow(
        `The embedded database cannot be kept in ${home}: a file is in the way (`,
      );
    }
  });

  it.runIf(canBeUnprivileged)('must be writable for the user', async () => {
    const home = await makeDirectory();
    const opener = openInProcess({ home, checkout: await makeCheckout({ packages: 'linked' }), as: UNPRIVILEGED });
    expect((await opener.report).error).toMatch(/cannot be kept in .+: permission denied \(.+ set DATABASE_URL\.$/);
  });

  it('is refused if another major version wrote its data', async () => {
    const home = await makeUsedHome();
    await writeFile(join(home, 'postgresql', 'data', 'PG_VERSION'), '17\n');
    await expect(open(home)).rejects.toThrow(
      /were written by PostgreSQL 17, which 18\.\d+ cannot read: .+DATABASE_URL/,
    );
  });

  it('is refused if other users can read its password', async () => {
    const home = await makeUsedHome();
    await chmod(join(home, 'postgresql', 'password'), 0o644);
    await expect(open(home)).rejects.toThrow(/^The password of the embedded database .+: others can read .+\.$/);
  });

  it('is left empty if the disk is full', async ({ skip }) => {
    const disk = await makeDirectory();
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=20m,mode=755', 'tmpfs', disk]);
    if (mounted.status !== 0) skip('Only root can make a small disk.');
    onTestFinished(() => void spawnSync('umount', ['-l', disk]));

    await expect(open(disk)).rejects.toThrow(
      /^PostgreSQL could not be initialised in .+(No space left on device|Check free disk space)/,
    );
    expect(await readdir(disk)).toEqual([]);
  });
});

describe('The binaries of the embedded PostgreSQL', () => {
  it.runIf(canBeUnprivileged)('run for an ordinary user', async () => {
    const home = await makeOwnHome();
    const opener = openInProcess({ home, checkout: await makeCheckout({ packages: 'linked' }), as: UNPRIVILEGED });
    expect(await opener.report).toMatchObject({ startedHere: true, dataDirectory: join(home, 'postgresql', 'data') });
  });

  it('are completed if they were installed without scripts', async () => {
    const checkout = await makeCheckout({ packages: 'copied' });
    await removeLinks(checkout);
    const opener = openInProcess({ home: await makeDirectory(), checkout });

    const { error, log } = await opener.report;

    expect(error).toBeUndefined();
    expect(log.at(-1)).toContain(`programs: ${join(checkout, NATIVE)}.`);
  });

  it.runIf(canBeUnprivileged)('are copied into the home if they are incomplete and cannot be changed', async () => {
    const home = await makeOwnHome();
    const checkout = await makeCheckout({ packages: 'copied' });
    await removeLinks(checkout);
    const first = openInProcess({ home, checkout, as: UNPRIVILEGED });
    expect((await first.report).log.at(-1)).toContain(`programs: ${home}/binaries/postgresql-18.`);
    await first.close();

    const [copy] = await readdir(join(home, 'binaries'));
    await rm(join(home, 'binaries', String(copy), 'lib'), { recursive: true });
    const second = openInProcess({ home, checkout, as: UNPRIVILEGED });
    expect(await second.report).toMatchObject({ startedHere: true }); // a copy that was damaged is made again
  });

  it.runIf(isRoot)('are copied below /var/cache if only root may enter the checkout', async () => {
    const cache = '/var/cache/scrip';
    const before: string[] = await readdir(cache).catch(() => []);
    onTestFinished(async () => {
      const made = (await readdir(cache)).filter((name) => !before.includes(name));
      await Promise.all(made.map((name) => rm(join(cache, name), { recursive: true })));
    });
    const checkout = await makeCheckout({ packages: 'copied' });
    await chmod(checkout, 0o700);
    const opener = openInProcess({ home: join(checkout, '.scrip'), checkout });

    const { error, log, dataDirectory } = await opener.report;

    expect(error).toBeUndefined();
    expect(dataDirectory).toMatch(/^\/var\/lib\/scrip\//);
    expect(log.at(-1)).toMatch(/programs: \/var\/cache\/scrip\/postgresql-18\..+\.$/);
    expect((await stat(checkout)).mode & 0o777).toBe(0o700);
  });

  it('that are missing cause an error that names DATABASE_URL', async () => {
    const opener = openInProcess({ home: await makeDirectory(), checkout: await makeCheckout({ packages: 'none' }) });
    expect((await opener.report).error).toMatch(/^There is no embedded PostgreSQL for .+ Set DATABASE_URL\.$/);
  });

  it('that do not run on this system cause an error that names DATABASE_URL', async () => {
    const checkout = await makeCheckout({ packages: 'copied' });
    await rm(join(checkout, NATIVE, 'lib'), { recursive: true });
    await mkdir(join(checkout, NATIVE, 'lib'));
    await makeUnheardOf(checkout);
    const opener = openInProcess({
      home: await makeOwnHome(),
      checkout,
      as: canBeUnprivileged ? UNPRIVILEGED : undefined,
    });
    expect((await opener.report).error).toMatch(
      /^The embedded PostgreSQL does not run here: .*shared librar.*\. Set DATABASE_URL\.$/,
    );
  });

  it('that fail to initialise a cluster are quoted in the error', async () => {
    const checkout = await makeCheckout({ packages: 'copied' });
    await rm(join(checkout, NATIVE, 'share', 'postgresql', 'postgres.bki'));
    const opener = openInProcess({ home: await makeDirectory(), checkout });
    expect((await opener.report).error).toMatch(
      /^PostgreSQL could not be initialised in .+: initdb: error: file ".+postgres\.bki" does not exist$/,
    );
  });
});

/** A home that belongs to the ordinary user. */
async function makeOwnHome(): Promise<string> {
  const home = await makeDirectory();
  if (canBeUnprivileged) await chown(home, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
  return home;
}

/** Gives the binaries a version of which there is no other copy: one that runs would be used in their place. */
async function makeUnheardOf(checkout: string): Promise<void> {
  const manifest = join(checkout, 'node_modules', PLATFORM_PACKAGE, 'package.json');
  const described: { version: string } = JSON.parse(await readFile(manifest, 'utf8'));
  await writeFile(manifest, JSON.stringify({ ...described, version: `18.0.0-test.${process.pid}` }));
}

/** Undoes what the package's install script did. */
async function removeLinks(checkout: string): Promise<void> {
  const libraries = join(checkout, NATIVE, 'lib');
  const links = (await readdir(libraries, { withFileTypes: true })).filter((entry) => entry.isSymbolicLink());
  expect(links).not.toHaveLength(0);
  await Promise.all(links.map(({ name }) => rm(join(libraries, name))));
}
