import { spawnSync } from 'node:child_process';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { it as base, describe, expect, onTestFinished, vi } from 'vitest';
import { ask, open } from '../embedded-postgres/process.js';
import { AddPointsDocument, PointsDocument } from '../operations/generated.js';
import { makeDirectory, scrip, startProcess } from '../process/program.js';
import { type ServedHome, serveHome } from './served-home.js';

const it = base.extend(
  'served',
  { scope: 'file' },
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from this pattern which fixtures a fixture uses.
  async ({}, { onCleanup }) => {
    const served = await serveHome();
    onCleanup(() => served.close());
    return served;
  },
);
it.beforeAll(({ served: _started }) => {}, 240_000);

describe('scrip backup', { timeout: 120_000 }, () => {
  it('has every change that was answered before it began, while a server makes further ones', async ({ served }) => {
    const changes = await makeChanges(served);
    const folder = await makeDirectory();
    const file = join(folder, 'scrip.tar');
    const before = changes.answered();

    const made = await backUp(served, file);

    const after = await changes.stop();
    expect(made).toEqual({
      status: 0,
      stdout: '',
      stderr: expect.stringMatching(/^Wrote .+scrip\.tar \(\d+ MiB\): everything confirmed before 20\S+Z\. .+\n$/),
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['scrip.tar']);
    await expectNoTrace(served);
    const home = join(await makeDirectory(), 'home');
    const [checked, restored] = await Promise.all([
      scrip(['backup', 'check', file], { env: {} }),
      scrip(['restore', file, '--admin', 'admin', '--password-stdin'], {
        env: { SCRIP_HOME: home },
        input: 'correct horse battery',
      }),
    ]);
    const { url } = await open(home);
    const held = Number((await ask(url, 'select points from balances order by points desc limit 1'))['points']);
    expect(checked).toEqual({
      status: 0,
      stdout: expect.stringMatching(
        new RegExp(
          `^The backup of 20\\S+Z \\(Scrip \\S+, PostgreSQL 18\\S*\\) is sound: \\d+ users, ${held} entries\\.\n$`,
        ),
      ),
      stderr: '',
    });
    expect(restored).toMatchObject({ status: 0, stdout: '' });
    expect(before).toBeGreaterThan(0);
    expect(held).toBeGreaterThanOrEqual(before);
    expect(held).toBeLessThan(after);
    expect(await scrip(['ledger', 'verify'], { env: { SCRIP_HOME: home } })).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(new RegExp(`^The ledger is sound: \\d+ users, ${held} entries\\.\n$`)),
    });
  });

  it('replaces no file', async ({ served }) => {
    const folder = await makeDirectory();
    const file = join(folder, 'scrip.tar');
    await writeFile(file, 'of another program');
    expect(await backUp(served, file)).toEqual({
      status: 1,
      stdout: '',
      stderr: `scrip: ${file} exists, and a backup replaces no file. Name another one.\n`,
    });
    expect(await readFile(file, 'utf8')).toBe('of another program');
    expect(await readdir(folder)).toEqual(['scrip.tar']);
  });

  it('is refused where there is no folder for the file', async ({ served }) => {
    const file = join(await makeDirectory(), 'missing', 'scrip.tar');
    expect(await backUp(served, file)).toEqual({
      status: 1,
      stdout: '',
      stderr: `scrip: The backup cannot be written to ${file}: there is no such file or folder.\n`,
    });
    await expectNoTrace(served);
  });

  it('leaves nothing where the disk becomes full', async ({ served, skip }) => {
    const disk = await makeDirectory();
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=755', 'tmpfs', disk]);
    if (mounted.status !== 0) skip('Only root can make a small disk.');
    onTestFinished(() => void spawnSync('umount', ['-l', disk]));
    const file = join(disk, 'scrip.tar');
    expect(await backUp(served, file)).toEqual({
      status: 1,
      stdout: '',
      stderr: `scrip: The backup cannot be written to ${file}: the disk is full.\n`,
    });
    expect(await readdir(disk)).toEqual([]);
    await expectNoTrace(served);
  });

  it('leaves nothing when it is interrupted', async ({ served }) => {
    const { pid } = await ask(
      served.postgres.url,
      `select pid from pg_stat_activity where backend_type = 'checkpointer'`,
    );
    process.kill(Number(pid), 'SIGSTOP'); // a base backup begins with a checkpoint, which now takes as long as the test needs
    const resume = () => void process.kill(Number(pid), 'SIGCONT');
    onTestFinished(resume);
    const folder = await makeDirectory();
    const command = startProcess({ env: { SCRIP_HOME: served.home } }, ['backup', join(folder, 'scrip.tar')]);
    await vi.waitFor(
      async () => expect(await readdir(folder)).toEqual([expect.stringMatching(/^scrip\.tar\..+\.part$/)]),
      10_000,
    );

    command.process.kill('SIGINT');

    expect(await command.end).toEqual({ status: 130, stdout: '', stderr: 'Interrupted. Nothing is left of it.\n' });
    expect(await readdir(folder)).toEqual([]);
    resume();
    await expectNoTrace(served);
  });
});

async function backUp({ home }: ServedHome, file: string) {
  return await scrip(['backup', file], { env: { SCRIP_HOME: home } });
}

/** Adds points to one user, one after another, until it is stopped. */
async function makeChanges({ server }: ServedHome) {
  const token = await server.everything();
  const user = { id: (await server.user()).id };
  let answered = 0;
  let isStopped = false;
  const add = async () => {
    while (!isStopped) {
      const { errors } = await server.send(token, AddPointsDocument, { input: { user, points: 1 } });
      expect(errors).toBeUndefined();
      answered += 1;
    }
  };
  const adding = add();
  await vi.waitFor(() => expect(answered).toBeGreaterThan(20), 10_000);
  return {
    answered: () => answered,
    stop: async () => {
      isStopped = true;
      await adding;
      expect((await server.send(token, PointsDocument, { user })).data.user?.points).toBe(answered);
      return answered;
    },
  };
}

/** No slot keeps WAL, and no base backup goes on. A session that was cut ends shortly after its client. */
async function expectNoTrace({ postgres }: ServedHome): Promise<void> {
  await expect
    .poll(() =>
      ask(
        postgres.url,
        `select (select count(*)::int from pg_replication_slots) as slots,
           (select count(*)::int from pg_stat_activity where application_name = 'scrip backup') as sessions`,
      ),
    )
    .toEqual({ slots: 0, sessions: 0 });
}
