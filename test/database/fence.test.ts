import { EventEmitter } from 'node:events';
import pg from 'pg';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { databaseFailure } from '../../src/database/failure.js';
import { createFence, type Fence, UnfitServer } from '../../src/database/fence.js';
import { migrate } from '../../src/database/migrate.js';
import { createEmptyDatabase, open } from './bring-up.js';

type Reply =
  | { readonly standby: boolean; readonly timeline?: string; readonly cluster?: string | null }
  | { readonly sqlState: string };

/** A connection to a server that replies so, one after the other. */
function clientOf(...replies: Reply[]): pg.Client {
  const query = async () => {
    const reply = replies.shift();
    if (reply === undefined) throw new Error('There is no further reply.');
    if (!('sqlState' in reply)) return { rows: [reply] };
    throw Object.assign(new pg.DatabaseError('refused', 0, 'error'), { code: reply.sqlState });
  };
  const connection = new EventEmitter();
  const client = Object.assign(new EventEmitter(), { query, connection });
  connection.on('error', () => client.emit('end'));
  // The fence uses nothing else.
  return client as unknown as pg.Client;
}

describe('The fence', () => {
  it.each(['42883', '42501', '0A000'])(
    'only excludes standbys where the server denies its timeline with %s',
    async (sqlState) => {
      const fence = createFence();
      await fence.admit(clientOf({ sqlState }, { sqlState }, { standby: false }));
      await expect(fence.admit(clientOf({ sqlState }, { sqlState }, { standby: true }))).rejects.toThrow(UnfitServer);
    },
  );

  it.each(['57014', 'XX000', '54001', '22023'])(
    'admits no server whose timeline cannot be read because of %s',
    async (sqlState) => {
      const fence = createFence();
      await fence.admit(clientOf({ standby: false, timeline: '00000002' }));
      const error = await fence.admit(clientOf({ sqlState }, { standby: false })).catch((thrown: unknown) => thrown);
      expect(databaseFailure(error)).toMatchObject({ kind: 'refused', sqlState });
    },
  );

  it('closes the connections to a former primary, and never admits it again', async () => {
    const fence = createFence();
    const former = clientOf({ standby: false, timeline: '00000001' });
    const ended = new Promise((resolve) => former.once('end', resolve));
    await fence.admit(former);
    await fence.admit(clientOf({ standby: false, timeline: '00000002' }));
    await ended;
    await expect(fence.admit(clientOf({ standby: false, timeline: '00000001' }))).rejects.toThrow(/former primary/);
  });

  it('admits a new cluster whatever its timeline, closes the connections to the former one, and logs the change', async () => {
    const lines: unknown[] = [];
    const fence = createFence(pino({ level: 'warn' }, { write: (line) => lines.push(JSON.parse(line)) }));
    const former = clientOf({ standby: false, timeline: '00000005', cluster: '11' });
    const ended = new Promise((resolve) => former.once('end', resolve));
    await fence.admit(former);
    await fence.admit(clientOf({ standby: false, timeline: '00000002', cluster: '22' }));
    await ended;
    expect(lines).toMatchObject([{ event: 'database_cluster_changed', from: '11', to: '22' }]);
    const behind = fence.admit(clientOf({ standby: false, timeline: '00000001', cluster: '22' }));
    await expect(behind).rejects.toThrow('a former primary (timeline 1, newest 2)');
  });

  it('refuses a cluster that was replaced, even with a newer timeline', async () => {
    const fence = createFence();
    for (const cluster of ['11', '22', '33']) await fence.admit(clientOf({ standby: false, timeline: '1', cluster }));
    for (const cluster of ['11', '22']) {
      const again = fence.admit(clientOf({ standby: false, timeline: '9', cluster }));
      await expect(again).rejects.toThrow('the database server belongs to a former cluster');
    }
    await fence.admit(clientOf({ standby: false, timeline: '1', cluster: '33' }));
  });

  it('compares a server that reports only its timeline with the current cluster', async () => {
    const fence = createFence();
    await fence.admit(clientOf({ standby: false, timeline: '2', cluster: '11' }));
    const untold = (timeline: string) => clientOf({ sqlState: '42501' }, { standby: false, timeline, cluster: null });
    await fence.admit(untold('2'));
    await expect(fence.admit(untold('1'))).rejects.toThrow(/former primary/);
  });

  it('refuses a server without a timeline once the timeline of its cluster is known', async () => {
    const silent = (cluster: string | null = null) =>
      clientOf({ sqlState: '42501' }, { sqlState: '42501' }, { standby: false, cluster });
    const fence = createFence();
    const before = silent('11');
    const ended = new Promise((resolve) => before.once('end', resolve));
    await fence.admit(before);
    await fence.admit(silent());
    await fence.admit(clientOf({ standby: false, timeline: '2', cluster: '11' }));
    await ended;
    for (const cluster of ['11', null]) {
      await expect(fence.admit(silent(cluster))).rejects.toThrow('does not tell its timeline');
    }
    await fence.admit(silent('22'));
    await fence.admit(silent('22'));
    await expect(fence.admit(silent('11'))).rejects.toThrow('a former cluster');
  });

  it('counts a server as one of the known cluster if it is the first to report its cluster', async () => {
    const fence = createFence();
    await fence.admit(clientOf({ sqlState: '42501' }, { standby: false, timeline: '2' }));
    await fence.admit(clientOf({ standby: false, timeline: '2', cluster: '11' }));
    const behind = fence.admit(clientOf({ standby: false, timeline: '1', cluster: '11' }));
    await expect(behind).rejects.toThrow(/former primary/);
  });

  it('checks the connection that migrates, so that a former primary is not migrated', async () => {
    const own = await createEmptyDatabase();
    const { database } = open(own.url);
    const admitted: pg.Client[] = [];
    const fence: Fence = {
      admit: async (client) => {
        admitted.push(client);
        throw new UnfitServer('the database server is a former primary');
      },
    };
    const migrating = migrate({ database, url: own.url, behindPooler: false, fence, log: pino({ level: 'silent' }) });
    const error = await migrating.catch((thrown: unknown) => thrown);
    expect(databaseFailure(error)).toMatchObject({ kind: 'not-sent' }); // the start waits
    expect(admitted).toHaveLength(1);
    expect(await own.query(`select to_regclass('users') as users`)).toEqual([{ users: null }]);
  });
});
