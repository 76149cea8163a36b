import { spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { planStepDown, stepDown } from '../../src/step-down.js';
import { canBeUnprivileged } from '../embedded-postgres/process.js';
import { createDatabase } from '../support/database.js';
import { UNPRIVILEGED } from '../support/unprivileged.js';
import { makeCheckout } from './checkout.js';
import { addressOf, JWT_SECRET, makeDirectory, type Program, startProcess } from './program.js';

const isRoot = process.getuid?.() === 0;
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe('The home', { timeout: 60_000 }, () => {
  it('is closed to other users, whatever the umask is', async () => {
    const parent = join(await makeDirectory(), 'parent');
    const home = join(parent, 'home');
    const program = startProcess({ env: { SCRIP_HOME: home, PORT: '0' }, umask: '0' });
    await addressOf(program);

    expect(await modeOf(parent)).toBe('755');
    expect(await modeOf(home)).toBe(isRoot ? '711' : '700'); // PostgreSQL runs as another user in root's
    for (const name of ['jwt-secret', 'first-admin-password']) expect(await modeOf(join(home, name))).toBe('600');
    if (canBeUnprivileged) {
      const secret = await readFile(join(home, 'jwt-secret'));
      const attack = 'cd "$0" && rm -f jwt-secret; echo mine > jwt-secret; mv . ../elsewhere; ls .';
      expect(spawnSync('/bin/sh', ['-c', attack, home], { ...UNPRIVILEGED, cwd: '/' }).status).not.toBe(0);
      expect(await readFile(join(home, 'jwt-secret'))).toEqual(secret);
    }
    await stop(program);
  });

  it('is refused where every user can write to it', async () => {
    const home = join(await makeDirectory(), 'home');
    await mkdir(home);
    await chmod(home, 0o777);
    const { status, stderr } = await startProcess({ env: { SCRIP_HOME: home, PORT: '0' } }).end;
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^scrip: Every user can write to .+ \(mode 0777\) .+ chmod go-w .+\.\n$/),
    });
  });

  it('that other users can list is closed at the next start, which logs it and keeps every file', async () => {
    const home = join(await makeDirectory(), 'home');
    const env = { SCRIP_HOME: home, PORT: '0' };
    const first = startProcess({ env });
    await addressOf(first);
    await stop(first);
    const secret = await readFile(join(home, 'jwt-secret'));
    await chmod(home, 0o775);

    const second = startProcess({ env });
    await addressOf(second);
    expect(second.said.stdout).toMatch(/The mode of .+ was 0775 and is 07[01][01] now/);
    expect(await modeOf(home)).toBe(isRoot ? '711' : '700');
    expect(await readFile(join(home, 'jwt-secret'))).toEqual(secret);
    await stop(second);
  });

  it('that also has other files keeps its mode, because it may be shared', async () => {
    const home = join(await makeDirectory(), 'home');
    await mkdir(home, { mode: 0o755 });
    await writeFile(join(home, 'notes'), '');
    const program = startProcess({ env: { SCRIP_HOME: home, PORT: '0' } });
    await addressOf(program);
    expect(program.said.stdout).toMatch(/The mode of .+ was 0755 and is left: there are other files in it/);
    expect(await modeOf(home)).toBe('755');
    await stop(program);
  });
});

describe.runIf(canBeUnprivileged)('A process that root starts', { timeout: 60_000 }, () => {
  it('continues as the owner of the home, and stops the PostgreSQL of the home when it ends', async () => {
    const home = await makeDirectory();
    await chown(home, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
    const program = startProcess({ env: { SCRIP_HOME: home, PORT: '0' }, checkout: await makeCheckout(0o755) });
    const url = await addressOf(program);
    // By the time that it tells its address.
    const status = await readFile(`/proc/${program.process.pid}/status`, 'utf8');
    await program.says(/"level":30.*"event":"stepped_down".*The process runs as nobody from now on/);
    const { uid, gid } = UNPRIVILEGED;
    expect(status).toContain(`Uid:\t${uid}\t${uid}\t${uid}\t${uid}\n`);
    expect(status).toContain(`Gid:\t${gid}\t${gid}\t${gid}\t${gid}\n`);
    expect(status).toMatch(new RegExp(`^Groups:\t${gid} ?$`, 'm'));
    for (const path of ['/readyz', '/console']) expect((await fetch(`${url}${path}`)).status).toBe(200);
    expect(await stat(join(home, 'first-admin-password'))).toMatchObject(UNPRIVILEGED);

    await stop(program);
    await expect(stat(join(home, 'postgresql/data/postmaster.pid'))).rejects.toThrow('ENOENT');
  });

  it('does not continue where the system lets it take the group of that user but not the user id', async () => {
    const home = await makeDirectory();
    await chown(home, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
    const plan = await planStepDown({ postgresUser: undefined, home, connectionFiles: [] });
    expect(plan).toMatchObject({ kind: 'BECOME', user: UNPRIVILEGED });
    const [setgroups, setgid, setuid] = (['setgroups', 'setgid', 'setuid'] as const).map((name) =>
      vi.spyOn(process, name).mockReturnValue(undefined),
    );
    onTestFinished(() => void vi.restoreAllMocks());
    setuid?.mockImplementation(() => {
      throw new Error('EPERM');
    });
    expect(() => stepDown(plan)).toThrow(/^The process cannot give up root and become nobody .*EPERM.* ordinary user/);
    expect([setgroups, setgid].map((spy) => spy?.mock.lastCall)).toEqual([[[UNPRIVILEGED.gid]], [UNPRIVILEGED.gid]]);
  });

  it('stays root where the system does not let it become another user, changes nothing, and logs it', async ({
    skip,
  }) => {
    const drop = ['--bounding-set=-setuid', '--inh-caps=-setuid'];
    if (spawnSync('setpriv', [...drop, 'true']).status !== 0) skip('`setpriv` of util-linux drops the capability.');
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    const home = await makeDirectory();
    await chown(home, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
    const env = { SCRIP_HOME: home, PORT: '0', DATABASE_URL: database.url, JWT_SECRET };
    const program = startProcess({ env, wrapper: ['setpriv', ...drop], checkout: await makeCheckout(0o755) });
    await addressOf(program);
    await program.says(
      /"level":40.*"event":"stays_root".*The process stays root: the system does not let it become nobody/,
    );
    const status = await readFile(`/proc/${program.process.pid}/status`, 'utf8');
    expect(status).toContain('Uid:\t0\t0\t0\t0\n');
    expect(status).toContain('Gid:\t0\t0\t0\t0\n');
    await stop(program);
  });

  it('stays root where that user cannot read the program, and logs it', async () => {
    const home = await makeDirectory();
    await chown(home, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
    const program = startProcess({ env: { SCRIP_HOME: home, PORT: '0' }, checkout: await makeCheckout(0o700) });
    await addressOf(program);
    await program.says(/The process stays root: nobody cannot read .+package\.json\. Install Scrip where/);
    await stop(program);
    await expect(stat(join(home, 'postgresql/data/postmaster.pid'))).rejects.toThrow('ENOENT');
  });

  it('stays root where that user cannot read a file that every connection needs, and logs it', async () => {
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    const home = await makeDirectory();
    await chown(home, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
    const key = join(await makeDirectory(), 'client key.pem');
    await writeFile(key, 'read, and not used without TLS', { mode: 0o600 });
    const url = new URL(database.url);
    url.searchParams.set('sslmode', 'disable');
    url.searchParams.set('sslkey', key);
    const env = { SCRIP_HOME: home, PORT: '0', DATABASE_URL: url.href, JWT_SECRET };
    const checkout = await makeCheckout(0o755);

    const refused = startProcess({ env, checkout });
    await refused.says(/The process stays root: nobody cannot read .+client key\.pem, which DATABASE_URL names\./);
    await stop(refused);

    await chown(key, UNPRIVILEGED.uid, UNPRIVILEGED.gid);
    const accepted = startProcess({ env, checkout });
    const address = await addressOf(accepted);
    await accepted.says(/"level":30.*"event":"stepped_down".*The process runs as nobody from now on/);
    await database.query(
      'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
    );
    await expect.poll(async () => (await fetch(`${address}/readyz`)).status).toBe(200);
    await stop(accepted);
  });
});

async function stop(program: Program): Promise<void> {
  program.process.kill('SIGTERM');
  expect(await program.end).toMatchObject({ status: 0, stderr: '' });
}
