import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  ask,
  isRunning,
  makeCheckout,
  makeDirectory,
  makeUsedHome,
  open,
  openInProcess,
  postmasterIn,
} from './process.js';

describe('The embedded PostgreSQL', () => {
  it('has a durable database in UTF-8, listens on loopback only, and asks for a password', async () => {
    const { url, dataDirectory } = await open(await makeDirectory());

    expect(
      await ask(
        url,
        `SELECT current_database() AS database, getdatabaseencoding() AS encoding, lower('Ä') AS folded,
           current_setting('listen_addresses') AS addresses, current_setting('data_checksums') AS checksums,
           current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS commit`,
      ),
    ).toEqual({
      database: 'scrip',
      encoding: 'UTF8',
      folded: 'ä',
      addresses: '127.0.0.1',
      checksums: 'on',
      fsync: 'on',
      commit: 'on',
    });
    await expect(ask(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password authentication failed');
    const rules = (await readFile(join(dataDirectory, 'pg_hba.conf'), 'utf8')).match(/^[^#\n]+\S$/gm) ?? [];
    expect(new Set(rules.map((rule) => rule.split(/\s+/).at(-1)))).toEqual(new Set(['scram-sha-256']));
    expect((await stat(dirname(dataDirectory))).mode & 0o777).toBe(0o700);
    expect((await stat(join(dirname(dataDirectory), 'password'))).mode & 0o777).toBe(0o600);
  });

  it('is adopted by each process that opens the home while it runs, and still runs when that process closes it', async () => {
    const home = await makeUsedHome();
    const starter = await open(home);
    const adopter = await open(home);
    const pid = await postmasterIn(starter.dataDirectory);

    expect(adopter).toMatchObject({ url: starter.url, startedHere: false });
    await adopter.close();
    expect(isRunning(pid)).toBe(true);
    await starter.close();
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('is stopped by the last process that closes it, whichever started it', async () => {
    const home = await makeUsedHome();
    const [starter, adopter] = [await open(home), await open(home)];
    const pid = await postmasterIn(starter.dataDirectory);

    await starter.close();
    expect(isRunning(pid)).toBe(true);
    await adopter.close();
    await expect.poll(() => isRunning(pid)).toBe(false);
  });

  it('is left running by its starter while another client is connected', async () => {
    const log: string[] = [];
    const starter = await open(await makeUsedHome(), (message) => log.push(message));
    const guest = new pg.Client({ connectionString: starter.url });
    await guest.connect();

    await starter.close();

    expect(log.at(-1)).toBe('PostgreSQL is left running: other processes use it.');
    expect((await guest.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
    await guest.end();
  });

  it('keeps its data from one start to the next', async () => {
    const home = await makeUsedHome();
    const first = await open(home);
    await ask(first.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    await first.close();

    const second = await open(home);

    expect(second.startedHere).toBe(true);
    expect(await ask(second.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 });
  });

  it('survives kill -9 of the process that started it, and is adopted by the next', async () => {
    const home = await makeUsedHome();
    const starter = openInProcess({ home, checkout: await makeCheckout({ packages: 'linked' }) });
    const { url } = await starter.report;
    starter.process.kill('SIGKILL');
    await once(starter.process, 'exit');

    expect(await open(home)).toMatchObject({ url, startedHere: false });
  });

  it('survives the Ctrl-C that ends the process that started it', async () => {
    const starter = openInProcess({
      home: await makeUsedHome(),
      checkout: await makeCheckout({ packages: 'linked' }),
    });
    const { url } = await starter.report;
    process.kill(-Number(starter.process.pid), 'SIGINT'); // as a terminal does, to the whole process group
    await once(starter.process, 'exit');

    expect(await ask(url, 'SELECT 1 AS one')).toEqual({ one: 1 });
  });

  it('recovers committed data after kill -9 of PostgreSQL itself, at the same URL', async () => {
    const home = await makeUsedHome();
    const before = await open(home);
    await ask(before.url, 'CREATE TABLE kept AS SELECT 42 AS answer');
    process.kill(await postmasterIn(before.dataDirectory), 'SIGKILL');

    const after = await open(home);

    expect(after).toMatchObject({ startedHere: true, url: before.url });
    expect(await ask(after.url, 'SELECT answer FROM kept')).toEqual({ answer: 42 });
  });

  it('is started once by four processes that open an empty home at the same time', async () => {
    const home = await makeDirectory();
    const checkout = await makeCheckout({ packages: 'linked' });

    const openers = [1, 2, 3, 4].map(() => openInProcess({ home, checkout }));
    const reports = await Promise.all(openers.map(({ report }) => report));

    expect(reports.map(({ error }) => error)).toEqual([undefined, undefined, undefined, undefined]);
    expect(new Set(reports.map(({ url }) => url)).size).toBe(1);
    expect(reports.filter(({ startedHere }) => startedHere)).toHaveLength(1);
    expect(await readdir(home)).toEqual(['postgresql']);
  });

  it('is started once by three callers that find it dead', async () => {
    const home = await makeUsedHome();
    const { dataDirectory } = await open(home);
    process.kill(await postmasterIn(dataDirectory), 'SIGKILL');

    const opened = await Promise.all([open(home), open(home), open(home)]);

    expect(opened.filter(({ startedHere }) => startedHere)).toHaveLength(1);
    expect(new Set(opened.map(({ url }) => url)).size).toBe(1);
  });

  it('is initialised again after a kill during the initialisation, whose files are removed', async () => {
    const home = await makeDirectory();
    const opener = openInProcess({ home, checkout: await makeCheckout({ packages: 'linked' }) });
    await vi.waitFor(async () => {
      const [draft] = await readdir(home);
      await stat(join(home, String(draft), 'data', 'base'));
    }, 10_000);
    process.kill(-Number(opener.process.pid), 'SIGKILL');
    await once(opener.process, 'exit');
    expect(await readdir(home)).toEqual([expect.stringMatching(/^postgresql\.\d+\./)]);

    const { url } = await open(home);

    expect(await ask(url, 'SELECT 1 AS one')).toEqual({ one: 1 });
    expect(await readdir(home)).toEqual(['postgresql']);
  });

  it('starts although its lock file names a running process, if that is not PostgreSQL', async () => {
    const home = await makeUsedHome();
    const { dataDirectory, url } = await open(home);
    process.kill(await postmasterIn(dataDirectory), 'SIGKILL');
    const { uid, gid } = await stat(dataDirectory);
    const stranger = spawn('/bin/sleep', ['60'], { uid, gid });
    onTestFinished(() => void stranger.kill());
    const lock = join(dataDirectory, 'postmaster.pid');
    await writeFile(lock, (await readFile(lock, 'utf8')).replace(/^\d+/, String(stranger.pid)));

    expect(await open(home)).toMatchObject({ url, startedHere: true });
  });

  it('uses another port if its former port is in use', async () => {
    const home = await makeUsedHome();
    const { dataDirectory, url } = await open(home);
    process.kill(await postmasterIn(dataDirectory), 'SIGKILL');
    const port = Number(new URL(url).port);
    const squatter = createServer();
    onTestFinished(() => void squatter.close());
    await vi.waitFor(async () => {
      squatter.listen(port, '127.0.0.1');
      await once(squatter, 'listening');
    });

    const { url: other } = await open(home);

    expect(new URL(other).port).not.toBe(String(port));
    expect(await ask(other, 'SELECT 1 AS one')).toEqual({ one: 1 });
  });

  it('keeps running for a process that opens it while another closes it', async () => {
    const home = await makeUsedHome();
    let present = await open(home);
    for (let round = 0; round < 8; round += 1) {
      const [arrived] = await Promise.all([open(home), present.close()]);
      expect(await ask(arrived.url, 'SELECT 1 AS one')).toEqual({ one: 1 });
      present = arrived;
    }
  });

  it('runs once for each of two homes', async () => {
    const homes = await Promise.all([makeUsedHome(), makeUsedHome()]);
    const [one, other] = await Promise.all(homes.map((home) => open(home)));

    expect(one?.url).not.toBe(other?.url);
    expect(one?.startedHere && other?.startedHere).toBe(true);
  });

  it('ignores variables of the environment that PostgreSQL reads', async () => {
    const env = { PGDATA: '/nowhere', PGPORT: '1', PGHOST: '/nowhere', PGUSER: 'x', PGPASSWORD: 'x', PGDATABASE: 'x' };
    const opener = openInProcess({
      home: await makeUsedHome(),
      checkout: await makeCheckout({ packages: 'linked' }),
      env: { ...env, PGOPTIONS: '-c nonsense=1', PGSSLMODE: 'require', LC_ALL: 'xx_XX', TZ: 'Mars/Phobos' },
    });

    expect(await opener.report).toMatchObject({ startedHere: true });
  });
});
