import { describe, expect } from 'vitest';
import { ApplyPointsDocument } from '../operations/generated.js';
import { JWT_SECRET } from '../process/program.js';
import { startServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { done, ledger, write } from './ledger.js';

const it = itWith({ JWT_SECRET });

describe('scrip ledger export', () => {
  it.for(['csv', 'ndjson'])(
    'prints all entries as %s, which another server imports once',
    async (format, { server }) => {
      const { username } = await server.user();
      const reason = 'a "quoted", long\nstory';
      const lines = [
        { user: username, points: 9, key: 'a', reason },
        { user: username, points: -4, key: 'b' },
      ];
      const written = await write('j.ndjson', lines.map((line) => JSON.stringify(line)).join('\n'));
      expect(await ledger(server, 'import', written)).toMatchObject({ status: 0, stdout: done(2, 0, 0) });
      const exported = await ledger(server, 'export', '--format', format);
      expect({ status: exported.status, stderr: exported.stderr }).toEqual({ status: 0, stderr: '' });

      const other = await startServer({ JWT_SECRET });
      const file = await write(`export.${format}`, exported.stdout);
      const args = ['import', file, '--key-column', 'id', '--create-users'];
      const imported = await ledger(other, ...args);
      expect(imported).toMatchObject({ status: 0, stderr: '' });
      expect((await ledger(other, ...args)).stdout).toMatch(/^Lines done: 0, /);
      const kept = `select u.username, e.sequence, e.delta, e.balance_after, e.reason
                    from entries e join users u on u.id = e.user_id order by u.username, e.sequence`;
      expect(await other.database.query(kept)).toEqual(await server.database.query(kept));
      await other.close();
    },
  );

  it.each(['csv', 'ndjson'])(
    'writes to %s what a spreadsheet would run, so that an import reads it back',
    async (format) => {
      const other = await startServer({ JWT_SECRET });
      const token = await other.everything();
      const user = await other.user({ username: '-dash' });
      const operations = TEXTS.map((text) => ({
        add: { user: { id: user.id }, points: 5, reason: text, idempotencyKey: text },
      }));
      const { data } = await other.send(token, ApplyPointsDocument, { input: { operations } });
      expect(data.applyPoints.results.map(({ error }) => error)).toEqual(TEXTS.map(() => null));
      const { stdout } = await ledger(other, 'export', '--format', format);
      if (format === 'csv') expect(stdout).not.toMatch(/(^|,)"?[=+@\t\r\n\uff1d]|(^|,)"?-(?!\d)/);
      const target = await startServer({ JWT_SECRET });
      const imported = await ledger(target, 'import', await write(`export.${format}`, stdout), '--create-users');
      expect(imported).toEqual({ status: 0, stdout: done(TEXTS.length, 0, 0), stderr: '' });
      const kept = `select u.username, e.delta, e.reason, e.idempotency_key
                    from entries e join users u on u.id = e.user_id order by e.sequence`;
      expect(await target.database.query(kept)).toEqual(await other.database.query(kept));
      await Promise.all([other.close(), target.close()]);
    },
  );

  it('begins with a byte order mark where it is asked to', async ({ server }) => {
    expect((await ledger(server, 'export', '--bom')).stdout).toMatch(/^\ufeffuser,points,/);
  });

  it('names the columns also where there is no entry', async () => {
    const other = await startServer({ JWT_SECRET });
    expect((await ledger(other, 'export')).stdout).toBe(
      'user,points,reason,key,id,kind,balanceAfter,reverses,owner,token,createdAt,reference,metadata,counterpart,counterpartUser,hold,recordedAt\r\n',
    );
    await other.close();
  });
});

/** Reasons and keys that a spreadsheet would run, that look escaped already, or that CSV has to quote. */
const TEXTS = [
  ...['=1+1', '+1', '-1', '@SUM(1)', '\t=1', '\r=1', '\n=1', '\uff1d1'],
  ...["'", "'x", "'=1", "''=1", "''", "' a"],
  ...['a\n=1+1;x', "a\n'=1+1;x", 'a\r\n=1', 'a\r=1'],
  ...[' a ', 'a\u001b[31m', 'a\r\nb', 'a;b', '"', ','],
];
