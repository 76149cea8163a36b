import { describe, expect } from 'vitest';
import { AddPointsDocument } from '../operations/generated.js';
import { keptLedger } from '../points/ledger.js';
import { JWT_SECRET } from '../process/program.js';
import { startServer, type TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { done, ledger, write } from './ledger.js';

const it = itWith({ JWT_SECRET });

async function readEntries({ database }: TestServer, userId: string) {
  return await database.query(
    `select e.kind, e.delta::int, e.reverses, e.reason, e.reference, e.effective_at, c.username as other,
            e.counterpart_sequence as at
       from entries e left join users c on c.id = e.counterpart_user_id where e.user_id = $1 order by e.sequence`,
    [userId],
  );
}

/** The ids of users in the database that a file was exported from. */
const [A, B, C] = ['1', '2', '3'].map((last) => `01a2126e-8674-7141-b886-68129a0e181${last}`);

describe('scrip ledger import', () => {
  it('transfers points from the user of a line to the one in `to`, once also when it is imported twice', async ({
    server,
  }) => {
    const [from, to] = [await server.user(), await server.user()];
    const file = await write(
      'to.csv',
      [
        'user,points,key,TO,reason,reference,createdAt',
        `${from.username},50,a,,,,2024-01-01T00:00:00Z`,
        `${from.username},20,b,${to.username.toUpperCase()},a gift,gift-1,2024-01-02T00:00:00Z`,
        `${to.username},-5,a,,,,2024-01-03T00:00:00Z`,
        `${to.username},15,c,${from.username},,,2024-01-04T00:00:00Z`,
        `${from.username},-45,c,,,,2024-01-05T00:00:00Z`,
      ].join('\n'),
    );
    expect(await ledger(server, 'import', file)).toEqual({ status: 0, stdout: done(5, 0, 0), stderr: '' });
    expect(await ledger(server, 'import', file)).toEqual({ status: 0, stdout: done(0, 5, 0), stderr: '' });
    expect((await keptLedger(server, from.id)).deltas).toEqual([50, -20, 15, -45]);
    expect((await keptLedger(server, to.id)).deltas).toEqual([20, -5, -15]);
    const gift = { reverses: null, reason: 'a gift', reference: 'gift-1', effective_at: new Date('2024-01-02') };
    const given = { ...gift, kind: 'TRANSFER_OUT', delta: -20, other: to.username, at: 1 };
    const received = { ...gift, kind: 'TRANSFER_IN', delta: 20, other: from.username, at: 2 };
    expect((await readEntries(server, from.id))[1]).toEqual(given);
    expect((await readEntries(server, to.id))[0]).toEqual(received);
    expect(await ledger(server, 'verify')).toMatchObject({ status: 0 });
  });

  it('finds the receiver by the column `toExternal`, and creates one whom it does not find', async ({ server }) => {
    const token = await server.everything();
    const from = await server.user();
    const to = await server.user({ externalIds: [{ issuer: 'twitch', id: ' 7' }] });
    await server.send(token, AddPointsDocument, { input: { user: { id: from.id }, points: 10 } });
    const lines = [
      { user: from.username, points: 1, key: 'a', to: 'former-name', toExternal: ' 7' },
      { user: from.username, points: 2, key: 'b', to: 'receiver', toExternal: '8' },
      { user: from.username, points: 3, key: 'c', to: 'receiver' },
      { user: 'former-name', external: ' 7', points: 1, key: 'd', toExternal: '8' },
    ];
    const file = await write('to.ndjson', lines.map((line) => JSON.stringify(line)).join('\n'));
    const args = ['import', file, '--external', 'twitch'];
    const unknown = await ledger(server, ...args);
    expect(unknown).toMatchObject({ status: 1, stdout: done(1, 0, 3) });
    expect(unknown.stderr).toContain('line 2: `to`: There is no such user. Read: ');
    expect((await ledger(server, ...args, '--create-users')).stdout).toBe(done(3, 1, 0));
    const [created] = await server.database.query(`select id from users where username = 'receiver'`);
    expect((await keptLedger(server, String(created?.['id']))).deltas).toEqual([2, 3, 1]);
    expect((await keptLedger(server, to.id)).deltas).toEqual([1, -1]);
    const cells = await write('to.csv', `user,points,key,toExternal\n${from.username},1,z, 7\n`);
    expect((await ledger(server, 'import', cells, '--external', 'twitch')).stderr).toContain(
      'line 2: The external id of the receiver has blanks around it. Read: ',
    );
  });

  it('fails a line that cannot be a transfer, and changes nothing by it', async ({ server }) => {
    const token = await server.everything();
    const [{ id, username: user }, { username: to }] = [await server.user(), await server.user()];
    await server.send(token, AddPointsDocument, { input: { user: { id }, points: 10 } });
    const rows: [line: object, message: string][] = [
      [{ to: user.toUpperCase() }, '`to` names the user whose points are to be moved. Name another user.'],
      [{ points: -1, to }, 'points must be positive in a line with `to`, whose user receives them.'],
      [{ points: 11, to }, 'Not enough points: 11 needed, 10 available.'],
      [{ to: 'no-one' }, '`to`: There is no such user.'],
      [{ to: 'no one' }, 'A username has 1 to 64 characters'],
      [{ to: 7 }, 'to is empty or not text.'],
      [
        { to, key: `${A}.2`, reverses: 1 },
        '`to` must be empty in a line with `reverses`: the reversed entry tells both users.',
      ],
      [
        { to, key: `${A}.2`, counterpart: `${B}.1` },
        '`to` must be empty in a line with `counterpart`, which names the other line.',
      ],
      [
        { counterpart: `${B}.1` },
        'A line with `counterpart` needs the id of its entry as the key. Import the file with `--key-column id`.',
      ],
      ...[7, 'x', `${A}.1`].map((counterpart): [object, string] => [
        { key: `${A}.2`, counterpart },
        'counterpart must be the id of an entry of another user.',
      ]),
    ];
    const lines = rows.map(([line], index) => JSON.stringify({ user, points: 1, key: `k${index}`, ...line }));
    const { status, stdout, stderr } = await ledger(server, 'import', await write('bad.ndjson', lines.join('\n')));
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(0, 0, rows.length) });
    rows.forEach(([, message], index) => {
      expect(stderr).toContain(`line ${index + 1}: ${message}`);
    });
    expect(await keptLedger(server, id)).toEqual({ points: 10, deltas: [10] });
  });

  it('makes a pair of an export once both lines are there, and nothing that comes after a pair that is not complete', async ({
    server,
  }) => {
    const users = [await server.user(), await server.user(), await server.user()];
    const [a, b, c] = users.map(({ username }) => username);
    const given = [
      [a, 10, `${A}.1`, ''],
      [a, -4, `${A}.2`, `${B}.1`],
      [a, -1, `${A}.3`, ''],
      [a, 2, `${A}.4`, `${C}.2`],
      [c, 5, `${C}.1`, ''],
      [c, -2, `${C}.2`, `${A}.4`],
      [c, -1, `${C}.3`, ''],
    ];
    const missing = [[b, 4, `${B}.1`, `${A}.2`]];
    const fileOf = (rows: unknown[][]) =>
      write('pairs.csv', ['user,points,id,counterpart', ...rows.map((row) => row.join(','))].join('\n'));
    const args = ['--key-column', 'id'];
    const { status, stdout, stderr } = await ledger(server, 'import', await fileOf(given), ...args);
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(2, 0, 5) });
    const blockedBy = (key: string) => `It comes after the line with the key ${key}, which could not be done.`;
    expect(stderr.split('\n').map((line) => line.replace(/ Read: .*/, ''))).toEqual([
      `line 3: No line of another user has the other entry of this pair, ${B}.1, so that none of the two was made.`,
      `line 4: ${blockedBy(`${A}.2`)}`,
      `line 5: ${blockedBy(`${A}.2`)}`,
      `line 7: ${blockedBy(`${A}.2`)}`,
      `line 8: ${blockedBy(`${C}.2`)}`,
      '',
    ]);
    const deltas = async () => await Promise.all(users.map(async ({ id }) => (await keptLedger(server, id)).deltas));
    expect(await deltas()).toEqual([[10], [], [5]]);

    const complete = await fileOf([...given, ...missing]);
    expect((await ledger(server, 'import', complete, ...args)).stdout).toBe(done(6, 2, 0));
    expect(await deltas()).toEqual([[10, -4, -1, 2], [4], [5, -2, -1]]);
    expect((await ledger(server, 'import', complete, ...args)).stdout).toBe(done(0, 8, 0));
  });

  it('fails both lines of a pair that do not match, or that the ledger refuses', async ({ server }) => {
    const users = [await server.user(), await server.user()];
    const [a, b] = users.map(({ username }) => username);
    const rows: [user: string | undefined, points: number, id: string, counterpart: string, reverses?: number][] = [
      [a, -4, `${A}.1`, `${B}.1`],
      [a, -5, `${A}.2`, `${B}.2`],
      [a, 6, `${A}.3`, `${B}.3`, 2],
      [b, 4, `${B}.1`, `${A}.1`],
      [b, 4, `${B}.2`, `${A}.2`],
      [b, -6, `${B}.3`, `${A}.3`],
    ];
    const lines = rows.map(([user, points, id, counterpart, reverses]) =>
      JSON.stringify({ user, points, id, counterpart, reverses }),
    );
    const file = await write('unequal.ndjson', lines.join('\n'));
    const { stdout, stderr } = await ledger(server, 'import', file, '--key-column', 'id');
    expect(stdout).toBe(done(0, 0, 6));
    for (const [first, second, message] of [
      [1, 4, 'Not enough points: 4 needed, 0 available.'],
      [2, 5, 'points must be opposite in the two lines of a pair, and are -5 and 4.'],
      [3, 6, 'reverses must be given in both lines of a pair, or in none.'],
    ] as const) {
      for (const line of [first, second]) expect(stderr).toContain(`line ${line}: ${message} Read: `);
    }
    for (const { id } of users) expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  it('keeps the order of each user where lines of many batches wait for another user', {
    timeout: 120_000,
  }, async () => {
    const server = await startServer({ JWT_SECRET });
    const users = [await server.user(), await server.user()];
    const [a, b] = users.map(({ username }) => username);
    const count = 1_500;
    const pairs = Array.from({ length: count }, (_, index) => index + 2);
    const time = (index: number) => new Date(Date.UTC(2024, 0, 1, 0, 0, index)).toISOString();
    const row = (user: string | undefined, points: number, ids: string) => `${user},${points},${ids}`;
    const lines = [
      'user,points,id,counterpart,createdAt',
      row(a, 5_000, `${A}.1,,${time(0)}`),
      ...pairs.map((at) => row(a, at % 2 === 0 ? -2 : 1, `${A}.${at},${B}.${at},${time(at)}`)),
      row(b, 1, `${B}.1,,${time(1)}`),
      ...pairs.map((at) => row(b, at % 2 === 0 ? 2 : -1, `${B}.${at},${A}.${at},${time(at)}`)),
    ];
    const file = await write('waiting.csv', lines.join('\n'));
    expect(await ledger(server, 'import', file, '--key-column', 'id')).toEqual({
      status: 0,
      stdout: done(2 * count + 2, 0, 0),
      stderr: '',
    });
    const moved = pairs.map((at) => (at % 2 === 0 ? -2 : 1));
    expect(await Promise.all(users.map(({ id }) => keptLedger(server, id)))).toEqual([
      { points: 5_000 - count / 2, deltas: [5_000, ...moved] },
      { points: 1 + count / 2, deltas: [1, ...moved.map((points) => -points)] },
    ]);
    expect(await ledger(server, 'verify')).toMatchObject({ status: 0 });
    await server.close();
  });
});
