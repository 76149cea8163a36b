import { expect } from 'vitest';
import { keptLedger } from '../points/ledger.js';
import { JWT_SECRET } from '../process/program.js';
import { itWith } from '../support/server-fixture.js';
import { done, ledger, write } from './ledger.js';

const it = itWith({ JWT_SECRET });

const ID = '01a2126e-8674-7141-b886-68129a0e1819';

it('A user who is deleted in the file is deleted once every line of the file is imported', { timeout: 60_000 }, async ({
  server,
}) => {
  const lines = (second: string) => `user,points,key\ndeleted-${ID},5,a\nDELETED-${ID.toUpperCase()},${second},b\n`;
  const file = await write('deleted.csv', lines('-2'));
  const refused = await ledger(server, 'import', file);
  expect(refused).toMatchObject({ status: 1, stdout: done(0, 0, 2) });
  expect(refused.stderr).toContain('line 2: There is no such user.');

  const faulty = await ledger(server, 'import', await write('deleted.csv', lines('many')), '--create-users');
  expect(faulty).toMatchObject({ status: 1, stdout: done(1, 0, 1) });
  expect(faulty.stderr).toContain('are not deleted here yet, because lines failed.');
  const read = `select u.username, u.deleted_at is null as active,
                       (select count(*)::int from audit_events a where a.subject_id = u.id) as events
                  from users u where id = '${ID}'`;
  expect(await server.database.query(read)).toEqual([{ username: `deleted-${ID}`, active: true, events: 1 }]);

  expect(await ledger(server, 'import', file, '--create-users')).toEqual({
    status: 0,
    stdout: done(1, 1, 0),
    stderr: '',
  });
  expect(await server.database.query(read)).toEqual([{ username: `deleted-${ID}`, active: false, events: 2 }]);
  expect(await keptLedger(server, ID)).toEqual({ points: 3, deltas: [5, -2] });
  expect((await ledger(server, 'import', file, '--create-users')).stdout).toBe(done(0, 2, 0));
  expect(await server.database.query(read)).toEqual([{ username: `deleted-${ID}`, active: false, events: 2 }]);
});

it('A line of a deleted user fails where another user has the id', async ({ server }) => {
  const { id, username } = await server.user();
  const file = await write('deleted.ndjson', JSON.stringify({ user: `deleted-${id}`, points: 5, key: 'a' }));
  const { status, stderr } = await ledger(server, 'import', file, '--create-users');
  expect(status).toBe(1);
  expect(stderr).toContain(`line 1: The user with that id is not deleted here: ${username}.`);
  expect(await keptLedger(server, id)).toEqual({ points: 0, deltas: [] });
});
