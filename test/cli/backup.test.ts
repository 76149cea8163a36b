import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeDirectory, scrip } from '../process/program.js';

const ELSEWHERE = { DATABASE_URL: 'postgres://scrip:hunter2@127.0.0.1:1/scrip' };

describe('The commands for backups', () => {
  it.each([
    [
      ['backup', 'scrip.tar'],
      'DATABASE_URL is set: back that database up with pgBackRest, WAL-G or pg_basebackup (docs/backup.md). `scrip backup` is for the embedded database.',
    ],
    [
      ['restore', 'scrip.tar', '--admin', 'alice', '--password-stdin'],
      'DATABASE_URL is set: restore that database with the tool that backed it up, then run `scrip restore seal` (docs/backup.md). `scrip restore FILE` is for the embedded database.',
    ],
  ])('%j is refused for a database that is not embedded', async (args, line) => {
    expect(await scrip(args, { env: ELSEWHERE })).toEqual({ status: 1, stdout: '', stderr: `scrip: ${line}\n` });
  });

  it.each([
    [['backup'], "'file'"],
    [['backup', 'one.tar', 'two.tar'], 'argument'],
    [['backup', 'check'], "'file'"],
    [['restore'], "'file'"],
    [['restore', 'scrip.tar'], '--admin NAME'],
    [['restore', 'scrip.tar', '--admin', 'alice'], '--password-stdin'],
    [['restore', 'scrip.tar', '--admin', 'alice', '--password-stdin'], 'password'],
    [['restore', 'seal', '--admin'], '--admin'],
    [['restore', 'seal', 'now'], 'argument'],
  ])('%j is refused as incomplete or wrong', async (args, word) => {
    const home = join(await makeDirectory(), 'home');
    const { status, stdout, stderr } = await scrip(args, { env: { SCRIP_HOME: home } });
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .+\n$/);
    expect(stderr).toContain(word);
    expect(existsSync(home)).toBe(false);
  });

  it('make no database to back up', async () => {
    const home = join(await makeDirectory(), 'home');
    const { status, stderr } = await scrip(['backup', join(home, '..', 'scrip.tar')], { env: { SCRIP_HOME: home } });
    expect({ status, stderr }).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^scrip: There is no database/),
    });
    expect(existsSync(home)).toBe(false);
  });
});
