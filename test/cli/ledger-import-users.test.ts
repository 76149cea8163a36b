import { expect } from 'vitest';
import { DeleteUserDocument } from '../operations/generated.js';
import { JWT_SECRET } from '../process/program.js';
import { itWith } from '../support/server-fixture.js';
import { done, ledger, write } from './ledger.js';

const it = itWith({ JWT_SECRET });

const MANY = 1_500;

it('scrip ledger import creates many users in one run', { timeout: 60_000 }, async ({ server }) => {
  const lines = Array.from({ length: MANY }, (_, nth) => `many-${nth},${nth + 1},k`);
  const file = await write('many.csv', `user,points,key\n${lines.join('\n')}\n`);
  expect(await ledger(server, 'import', file, '--create-users')).toMatchObject({ status: 0, stdout: done(MANY, 0, 0) });
  const [sums] = await server.database.query(
    `select count(*)::int, sum(points)::int from balances join users on id = user_id where username like 'many-%'`,
  );
  expect(sums).toEqual({ count: MANY, sum: (MANY * (MANY + 1)) / 2 });
});

it('scrip ledger import --create-users creates no user with a name that rests', async ({ server }) => {
  const { id } = await server.user({ username: 'resting' });
  await server.send(await server.everything(), DeleteUserDocument, { user: { id } });
  const { id: former } = await server.user({ username: 'rested' });
  await server.send(await server.everything(), DeleteUserDocument, { user: { id: former } });
  await server.database.query(`update resting_usernames set freed_at = now() - interval '30 days' where user_id = $1`, [
    former,
  ]);

  const lines = ['before,1,k', 'Resting,2,k', 'rested,3,k', 'RESTING,4,k2', 'behind,5,k'];
  const file = await write('resting.csv', `user,points,key\n${lines.join('\n')}\n`);
  const { status, stdout, stderr } = await ledger(server, 'import', file, '--create-users');
  expect({ status, stdout }).toEqual({ status: 1, stdout: done(3, 0, 2) });
  const reason = 'That name was freed recently\\. It can be taken from \\S+Z on\\.';
  expect(stderr).toMatch(new RegExp(`^line 3: ${reason} .*\\nline 5: ${reason} .*\\n$`));
  const created = await server.database.query(
    `select username from users where username in ('before', 'resting', 'Resting', 'rested', 'behind') order by username`,
  );
  expect(created).toEqual([{ username: 'before' }, { username: 'behind' }, { username: 'rested' }]);
  expect(await server.database.query('select username from resting_usernames')).toEqual([{ username: 'resting' }]);
});
