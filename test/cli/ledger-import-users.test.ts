import { expect } from 'vitest';
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
