import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Header } from 'tar';
import { expect, it, onTestFinished } from 'vitest';
import { END_OF_ARCHIVE } from '../../src/backup/archive.js';
import { openArchive } from '../../src/backup/read-archive.js';
import { writeArchive } from '../../src/backup/write-archive.js';

const about = { scrip: '0.1.0', postgresql: '18.4', startedAt: '2026-11-30T02:00:00.000Z', migrations: [] };
const { signal } = new AbortController();

it('A backup is written and read with the files of PostgreSQL as they are', async () => {
  const { archive, data } = await backupOf({ path: 'base/1', type: 'File', size: 512 }, Buffer.alloc(512, 'x'));
  await archive.extract(data);
  expect(archive.about).toEqual(about);
  expect(await readdir(data, { recursive: true })).toEqual(['base', 'base/1']);
});

it.each([
  [
    'a link to a folder elsewhere',
    { path: 'pg_wal', type: 'SymbolicLink', linkpath: '/etc' },
    'neither a file nor a folder',
  ],
  ['a second name of a file', { path: 'base/2', type: 'Link', linkpath: '/etc/passwd' }, 'neither a file nor a folder'],
  [
    'a file of the folder above',
    { path: '../escaped', type: 'File', size: 0 },
    "The backup cannot be used: path contains '..'.",
  ],
] as const)('A backup with %s writes nothing outside of the data folder', async (_, entry, fault) => {
  const { archive, data, folder } = await backupOf(entry);
  await expect(archive.extract(data)).rejects.toThrow(fault);
  expect((await readdir(folder)).toSorted()).toEqual(['data', 'scrip.tar']);
  expect(await readdir(data)).toEqual([]);
});

async function backupOf(entry: ConstructorParameters<typeof Header>[0] & object, contents = Buffer.alloc(0)) {
  const folder = await mkdtemp(join(tmpdir(), 'scrip-archive-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [path, data] = [join(folder, 'scrip.tar'), join(folder, 'data')];
  await mkdir(data);
  const header = Buffer.alloc(512);
  new Header({ mode: 0o600, mtime: new Date(0), ...entry }).encode(header);
  await writeArchive(path, { about, contents: Readable.from([header, contents, END_OF_ARCHIVE]), signal });
  const archive = await openArchive(path, signal);
  onTestFinished(() => archive.close());
  return { archive, data, folder };
}
