import { chmod, copyFile, mkdir, open as openFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { it as base, describe, expect, vi } from 'vitest';
import { makeDirectory, scrip, startProcess } from '../process/program.js';
import { makeHome } from '../support/own-postgres.js';

const it = base.extend(
  'backup',
  { scope: 'file' },
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads from this pattern which fixtures a fixture uses.
  async ({}, { onCleanup }): Promise<string> => {
    const [home, folder] = [await makeHome(), await makeHome()];
    onCleanup(async () => {
      for (const path of [home, folder]) await rm(path, { recursive: true });
    });
    const env = { SCRIP_HOME: home };
    expect(await scrip(['migrate'], { env })).toMatchObject({ status: 0 });
    const file = join(folder, 'scrip.tar');
    expect(await scrip(['backup', file], { env })).toMatchObject({ status: 0 });
    return file;
  },
);
it.beforeAll(({ backup: _made }) => {}, 120_000);

describe('A file that is no sound backup', { timeout: 120_000 }, () => {
  it.for<[string, (file: string) => Promise<unknown>, string]>([
    ['has a changed byte', async (file) => await changeByte(file, 5_000_000), 'was changed or is damaged'],
    ['was cut off', async (file) => await truncate(file, 5_000_000), 'is incomplete: its end is missing'],
    ['is another kind of file', async (file) => await writeFile(file, 'x'.repeat(10_000)), 'is not a backup of Scrip'],
    ['is empty', async (file) => await truncate(file, 0), 'is not a backup of Scrip'],
    [
      'describes a newer format',
      async (file) => await replaceText(file, '"format": 1', '"format": 9'),
      'was made by a newer version of Scrip',
    ],
  ])('because it %s is refused, and nothing is left of it', async ([_, spoil, fault], { backup }) => {
    const folder = await makeDirectory();
    const [file, home, scratch] = [join(folder, 'spoilt.tar'), join(folder, 'home'), join(folder, 'scratch')];
    await copyFile(backup, file);
    await spoil(file);
    await mkdir(scratch);
    const env = { SCRIP_HOME: home, TMPDIR: scratch };
    const ends = await Promise.all([
      scrip(['backup', 'check', file], { env }),
      scrip(['restore', file, '--admin', 'admin', '--password-stdin'], { env, input: 'correct horse battery' }),
    ]);
    for (const { status, stdout, stderr } of ends) {
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(/^scrip: .+\.\n$/);
      expect(stderr).toContain(fault);
    }
    expect(await readdir(scratch)).toEqual([]);
    expect((await readdir(folder)).toSorted()).toEqual(['scratch', 'spoilt.tar']);
  });

  it('is refused where there is none', async () => {
    const file = join(await makeDirectory(), 'missing.tar');
    expect(await scrip(['backup', 'check', file], { env: {} })).toEqual({
      status: 1,
      stdout: '',
      stderr: `scrip: The backup ${file} cannot be read: there is no such file or folder.\n`,
    });
  });
});

describe('scrip backup check', { timeout: 120_000 }, () => {
  it.skipIf(process.getuid?.() !== 0)('asks for a folder that the user of PostgreSQL can enter', async ({ backup }) => {
    const scratch = await makeDirectory();
    await chmod(scratch, 0o700);
    const { status, stderr } = await scrip(['backup', 'check', backup], { env: { TMPDIR: scratch } });
    expect({ status, left: await readdir(scratch) }).toEqual({ status: 1, left: [] });
    expect(stderr).toMatch(/^scrip: PostgreSQL runs as \w+ here, who cannot enter .+: set TMPDIR to a folder .+\.\n$/);
  });

  it.for([
    ['while it unpacks the files', 'PG_VERSION'],
    ['while PostgreSQL runs', 'postmaster.pid'],
  ] as const)('that is interrupted %s leaves no file and no process', async ([_, name], { backup }) => {
    const scratch = await makeDirectory();
    const command = startProcess({ env: { TMPDIR: scratch } }, ['backup', 'check', backup]);
    await vi.waitFor(
      async () => expect((await readdir(scratch, { recursive: true })).map((path) => basename(path))).toContain(name),
      { timeout: 60_000, interval: 5 },
    );
    command.process.kill('SIGINT');
    expect(await command.end).toEqual({ status: 130, stdout: '', stderr: 'Interrupted. Nothing is left of it.\n' });
    expect(await readdir(scratch)).toEqual([]);
    expect(await processesOf(scratch)).toEqual([]);
  });
});

async function changeByte(path: string, position: number): Promise<void> {
  await using file = await openFile(path, 'r+');
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, position);
  await file.write(Buffer.of((byte[0] ?? 0) ^ 1), 0, 1, position);
}

async function replaceText(path: string, before: string, after: string): Promise<void> {
  await using file = await openFile(path, 'r+');
  const head = Buffer.alloc(2_048);
  await file.read(head, 0, head.length, 0);
  const position = head.indexOf(before);
  expect(position).toBeGreaterThan(0);
  await file.write(Buffer.from(after), 0, after.length, position);
}

/** The command lines that name a folder. */
async function processesOf(folder: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter((line) => line.includes(folder));
}
