import { once } from 'node:events';
import { join } from 'node:path';
import { type DocumentNode, print } from 'graphql';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { findLocation } from '../../src/embedded-postgres/find-location.js';
import { findPostmaster } from '../../src/embedded-postgres/postmaster.js';
import { AddPointsDocument, PointsDocument } from '../operations/generated.js';
import { post } from '../support/http.js';
import { addressOf, makeDirectory, scrip, startProcess } from './program.js';

/** A server on an embedded database of its own. */
async function serve() {
  const home = join(await makeDirectory(), 'home');
  const env = { SCRIP_HOME: home, PORT: '0' };
  const program = startProcess({ env });
  const url = await addressOf(program);
  const place = await findLocation(home);
  onTestFinished(async () => {
    const left = await findPostmaster(place);
    if (left?.isAlive) process.kill(left.pid, 'SIGKILL');
  });
  const postmaster = async () => {
    const found = await findPostmaster(place);
    return found?.isAlive ? found.pid : undefined;
  };
  return { env, program, url, postmaster };
}

async function pidOf(postmaster: () => Promise<number | undefined>): Promise<number> {
  const pid = await postmaster();
  if (pid === undefined) throw new Error('There is no PostgreSQL.');
  return pid;
}

describe('The embedded PostgreSQL', () => {
  it('is adopted by the first start after a crash, and stops with it', async () => {
    const { env, program, postmaster } = await serve();
    const pid = await pidOf(postmaster);
    program.process.kill('SIGKILL');
    await once(program.process, 'exit');
    expect(await postmaster()).toBe(pid);

    const next = startProcess({ env });
    await addressOf(next);
    expect(await postmaster()).toBe(pid);
    next.process.kill('SIGTERM');
    expect(await next.end).toMatchObject({ status: 0, stderr: '' });
    expect(await postmaster()).toBeUndefined();
  });

  it('is stopped by a command that is the last to use it after a crash', async () => {
    const { env, program, postmaster } = await serve();
    program.process.kill('SIGKILL');
    await once(program.process, 'exit');
    expect(await scrip(['token', 'list'], { env })).toMatchObject({ status: 0 });
    expect(await postmaster()).toBeUndefined();
  });

  it('is started again if it is killed under load, and keeps every change that was confirmed', {
    timeout: 60_000,
  }, async () => {
    const { env, program, url, postmaster } = await serve();
    const scopes = ['--scopes', 'points:add,points:read,users:read,users:write'];
    const issued = await scrip(['token', 'issue', '--owner', 'admin', '--name', 'a test', ...scopes], { env });
    const user = { username: 'admin' };
    const send = async (document: DocumentNode, variables: object) =>
      await post({ url }, { query: print(document), variables }, { authorization: `Bearer ${issued.stdout.trim()}` });
    const add = async (idempotencyKey: string) =>
      await send(AddPointsDocument, { input: { user, points: 1, idempotencyKey } });
    let isOver = false;
    let changed = 0;
    const clients = Array.from({ length: 8 }, async (_, client) => {
      for (let nth = 0; !isOver; nth++) {
        // Sent again under its key until there is a response, as a client of the API does.
        while ((await add(`${client}-${nth}`)).data?.change == null);
        changed++;
      }
    });
    await vi.waitFor(() => expect(changed).toBeGreaterThan(50), 15_000);

    const before = await pidOf(postmaster);
    process.kill(before, 'SIGKILL');
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(503), 15_000);
    await vi.waitFor(async () => expect((await fetch(`${url}/readyz`)).status).toBe(200), 15_000);
    const changedThen = changed;
    await vi.waitFor(() => expect(changed).toBeGreaterThan(changedThen + 50), 15_000);
    isOver = true;
    await Promise.all(clients);

    expect(await pidOf(postmaster)).not.toBe(before);
    expect((await send(PointsDocument, { user })).data).toEqual({ user: { points: changed } });
    program.process.kill('SIGTERM');
    expect(await program.end).toMatchObject({ status: 0, stderr: '' });
    expect(await postmaster()).toBeUndefined();
  });
});
