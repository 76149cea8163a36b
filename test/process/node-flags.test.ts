import { readFileSync } from 'node:fs';
import { describe, expect, vi } from 'vitest';
import { NODE_FLAGS } from '../../src/process/node-flags.js';
import type { TestDatabase } from '../support/database.js';
import { itOnDatabase as it } from '../support/database-fixture.js';
import { addressOf, JWT_SECRET, startProcess } from './program.js';

const envOf = (database: TestDatabase) => ({ JWT_SECRET, PORT: '0', DATABASE_URL: database.url, LOG_LEVEL: 'debug' });

describe('The flags of Node.js', () => {
  it('are set by `npm start`', () => {
    const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    expect(scripts.start).toMatch(new RegExp(` exec node ${NODE_FLAGS.join(' ')} dist/main\\.js$`));
  });

  it('are set by `scrip serve`, which writes nothing to standard error', async ({ database }) => {
    const program = startProcess({ env: envOf(database) }, 'scrip serve');
    await addressOf(program);
    const started = program.said.stdout.split('\n').find((line) => line.includes('"event":"process_started"'));
    expect(JSON.parse(started ?? '{}')).toMatchObject({ flags: expect.arrayContaining([...NODE_FLAGS]) });
    program.process.kill('SIGTERM');
    expect(await program.end).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('`scrip serve`', () => {
  it('exits with the status of the server', async ({ database }) => {
    const { status, stderr } = await startProcess({ env: { ...envOf(database), PORT: 'http' } }, 'scrip serve').end;
    expect(status).toBe(1);
    expect(stderr).toMatch(/^scrip: Bad settings: .*\n$/);
  });

  it('ends its server when it is killed', async ({ database }) => {
    const program = startProcess({ env: envOf(database) }, 'scrip serve');
    const url = await addressOf(program);
    program.process.kill('SIGKILL');
    await vi.waitFor(() => expect(fetch(`${url}/healthz`)).rejects.toThrow(), 10_000);
  });

  it.runIf('execve' in process)('keeps its process id', async ({ database }) => {
    const program = startProcess({ env: envOf(database) }, 'scrip serve');
    await addressOf(program);
    expect(program.said.stdout).toContain(`"pid":${program.process.pid},`);
  });
});
