import pg from 'pg';
import { describe, expect, it, vi } from 'vitest';
import { AddPointsDocument, AllPointsChangedDocument } from '../operations/generated.js';
import { startServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';
import { runToEnd } from './run-to-end.js';

const WAITING = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;

describe('A WebSocket', () => {
  it('closes when the server stops, after its operations have ended', async () => {
    const stopping = await startServer();
    const [busy, idle] = [await openSocket(stopping), await openSocket(stopping)];
    const token = await stopping.token(['points:read', 'points:add']);
    await Promise.all([busy.init(token), idle.init(token)]);
    idle.subscribe('1', AllPointsChangedDocument);
    await runToEnd(idle, '2', '{ __typename }');
    const lock = new pg.Client({ connectionString: stopping.database.url });
    await lock.connect();
    await lock.query('begin; lock table entries');
    busy.subscribe('1', AddPointsDocument, { input: { user: { id: token.owner.id }, points: 5 } });
    await vi.waitFor(async () => expect(await stopping.database.query(WAITING)).toHaveLength(1), 10_000);
    const stopped = stopping.close();
    expect((await idle.closed).code).toBe(1001);
    await lock.end();
    expect(await busy.rest()).toMatchObject([
      { type: 'next', payload: { data: { change: { points: 5 } } } },
      { type: 'complete' },
    ]);
    expect((await busy.closed).code).toBe(1001);
    await stopped;
  });
});
