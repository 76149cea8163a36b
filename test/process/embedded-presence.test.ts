import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { findLocation } from '../../src/embedded-postgres/find-location.js';
import { SCRIP } from '../../src/embedded-postgres/initialise-cluster.js';
import { findPostmaster } from '../../src/embedded-postgres/postmaster.js';
import { addressOf, makeDirectory, startProcess } from './program.js';

describe('The embedded PostgreSQL', () => {
  it('is not reported as ended if only a connection to it ended', { timeout: 60_000 }, async () => {
    const home = join(await makeDirectory(), 'home');
    const program = startProcess({ env: { SCRIP_HOME: home, PORT: '0' } });
    await addressOf(program);
    const place = await findLocation(home);
    const before = await findPostmaster(place);
    const password = await readFile(join(place.directory, 'password'), 'utf8');
    const client = new pg.Client({
      host: '127.0.0.1',
      port: before?.port,
      user: SCRIP,
      password,
      database: 'postgres',
    });
    await client.connect();
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'scrip presence'`,
    );
    await client.end();
    await program.says(/PostgreSQL is connected again/);
    expect(program.said.stdout).not.toMatch(/PostgreSQL had ended/);
    expect((await findPostmaster(place))?.pid).toBe(before?.pid);
    program.process.kill('SIGTERM');
    expect(await program.end).toMatchObject({ status: 0, stderr: '' });
  });
});
