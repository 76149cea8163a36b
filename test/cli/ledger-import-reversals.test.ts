import { describe, expect } from 'vitest';
import { keptLedger } from '../points/ledger.js';
import { JWT_SECRET } from '../process/program.js';
import { itWith } from '../support/server-fixture.js';
import { done, ledger, write } from './ledger.js';

const it = itWith({ JWT_SECRET });

/** The id of the user in the database that the file was exported from. */
const EXPORTED = '01a2126e-8674-7141-b886-68129a0e1819';

describe('scrip ledger import', () => {
  it('reverses the entry of a line, also of one in the same file, and of one that was imported before', async ({
    server,
  }) => {
    const { id, username } = await server.user();
    const lines = [
      [10, 1, ''],
      [-4, 2, ''],
      [4, 3, 2],
      [1, 4, ''],
      [-10, 5, 1],
      [2, 6, ''],
    ].map(([points, sequence, reverses]) => `${username},${points},${EXPORTED}.${sequence},${reverses}\n`);
    const fileOf = (count: number) =>
      write('reversed.csv', `user,points,ID,reverses\n${lines.slice(0, count).join('')}`);
    const own = await write('own.csv', `user,points,key\n${username},100,own\n`);
    await ledger(server, 'import', own); // sequences are others than in the file
    const args = ['--key-column', 'id'];
    expect(await ledger(server, 'import', await fileOf(4), ...args)).toEqual({
      status: 0,
      stdout: done(4, 0, 0),
      stderr: '',
    });
    expect((await ledger(server, 'import', await fileOf(6), ...args)).stdout).toBe(done(2, 4, 0));
    expect((await keptLedger(server, id)).deltas).toEqual([100, 10, -4, 4, 1, -10, 2]);
    const reversals = await server.database.query(
      `select sequence, reverses from entries where user_id = $1 and kind = 'REVERSAL' order by sequence`,
      [id],
    );
    expect(reversals).toEqual([
      { sequence: 4, reverses: 3 },
      { sequence: 6, reverses: 2 },
    ]);
    expect(await ledger(server, 'verify')).toMatchObject({ status: 0 });
  });

  it('fails a line that cannot be a reversal', async ({ server }) => {
    const { username: user } = await server.user();
    const rows: [points: number, key: string, reverses: unknown, message: string | undefined][] = [
      [10, `${EXPORTED}.1`, null, undefined],
      [-9, `${EXPORTED}.2`, 1, 'points must be -10, since this line reverses an entry of 10 points.'],
      [-10, `${EXPORTED}.3`, 1, undefined],
      [-10, `${EXPORTED}.4`, 1, 'The entry is already reversed.'],
      [10, `${EXPORTED}.5`, 3, 'A reversal cannot be reversed.'],
      [-10, `${EXPORTED}.6`, 2, `The ledger has no entry with the key ${EXPORTED}.2, which this line reverses.`],
      [
        -10,
        'k7',
        1,
        'A line with `reverses` needs the id of its entry as the key. Import the file with `--key-column id`.',
      ],
      ...[0, 1.5, '1', 2 ** 31].map((reverses): [number, string, unknown, string] => [
        -10,
        `${EXPORTED}.8`,
        reverses,
        'reverses must be the sequence of an entry: a whole number from 1.',
      ]),
    ];
    const lines = rows.map(([points, id, reverses]) => JSON.stringify({ user, points, id, reverses }));
    const file = await write('bad.ndjson', lines.join('\n'));
    const { status, stdout, stderr } = await ledger(server, 'import', file, '--key-column', 'id');
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(2, 0, rows.length - 2) });
    rows.forEach(([, , , message], index) => {
      if (message !== undefined) expect(stderr).toContain(`line ${index + 1}: ${message} Read: `);
    });
  });
});
