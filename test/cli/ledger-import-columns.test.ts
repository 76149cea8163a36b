import { describe, expect } from 'vitest';
import { JWT_SECRET } from '../process/program.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { done, ledger, write } from './ledger.js';

const it = itWith({ JWT_SECRET });

async function readNotes({ database }: TestServer, userId: string) {
  return await database.query(
    'select reference, metadata, effective_at from entries where user_id = $1 order by sequence',
    [userId],
  );
}

const METADATA = [
  { key: 'shop', value: 'b' },
  { key: 'a', value: '' },
];

describe('scrip ledger import', () => {
  it('reads the reference, the metadata and the date of a line from CSV, whatever the case of the names', async ({
    server,
  }) => {
    const { id, username } = await server.user();
    const file = await write(
      'noted.csv',
      [
        'User,Points,Key,CREATEDAT,Reference,MetaData',
        `${username},1,a,2020-02-29T23:59:59.123456Z,order-1,"[{""key"":""shop"",""value"":""b""},{""key"":""a"",""value"":""""}]"`,
        `${username},1,b,2020-03-01t01:00:00+01:00,'=1,"{""b"": ""x""}"`,
        `${username},1,c,,,`,
      ].join('\n'),
    );
    expect(await ledger(server, 'import', file)).toEqual({ status: 0, stdout: done(3, 0, 0), stderr: '' });
    expect(await readNotes(server, id)).toEqual([
      { reference: 'order-1', metadata: METADATA, effective_at: new Date('2020-02-29T23:59:59.123Z') },
      { reference: '=1', metadata: [{ key: 'b', value: 'x' }], effective_at: new Date('2020-03-01T00:00:00Z') },
      { reference: null, metadata: null, effective_at: null },
    ]);
  });

  it('reads them from NDJSON, the reference from the column that an option names', async ({ server }) => {
    const { id, username: user } = await server.user();
    const lines = [
      { user, points: 1, key: 'a', order: 'o1', metadata: METADATA, createdAt: '2020-01-01T00:00:00Z' },
      { user, points: 1, key: 'b', reference: 'is not read', metadata: { b: 'x' } },
      { user, points: 1, key: 'c', order: null, metadata: null, createdAt: null, reverses: null },
    ];
    const file = await write('noted.ndjson', lines.map((line) => JSON.stringify(line)).join('\n'));
    const imported = await ledger(server, 'import', file, '--reference-column', 'order');
    expect(imported).toEqual({ status: 0, stdout: done(3, 0, 0), stderr: '' });
    expect(await readNotes(server, id)).toEqual([
      { reference: 'o1', metadata: METADATA, effective_at: new Date('2020-01-01T00:00:00Z') },
      { reference: null, metadata: [{ key: 'b', value: 'x' }], effective_at: null },
      { reference: null, metadata: null, effective_at: null },
    ]);
  });

  it('requires the reference column that an option names', async ({ server }) => {
    const file = await write('noted.csv', 'user,points,key\nadmin,1,a\n');
    expect(await ledger(server, 'import', file, '--reference-column', 'order')).toEqual({
      status: 2,
      stdout: '',
      stderr: 'scrip: The header has no column order. It reads: user | points | key\n',
    });
  });

  it('fails lines of NDJSON with a reference, metadata or a date that is invalid', async ({ server }) => {
    const { username: user } = await server.user();
    const { fields, messages } = invalid();
    const lines = fields.map((field, nth) => JSON.stringify({ user, points: 1, key: `k${nth}`, ...field }));
    const { status, stdout, stderr } = await ledger(server, 'import', await write('bad.ndjson', lines.join('\n')));
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(0, 0, lines.length) });
    expect(faultsOf(stderr)).toEqual(messages);
  });

  it('fails lines of CSV whose metadata is not JSON, or has a member twice', async ({ server }) => {
    const { username } = await server.user();
    const cells = ['x', '"{""a"":""1"",""a"":""2""}"', '7', '\ufffd'];
    const lines = cells.map((cell, nth) => `${username},1,k${nth},${cell}\n`);
    const { stdout, stderr } = await ledger(
      server,
      'import',
      await write('bad.csv', `user,points,key,metadata\n${lines.join('')}`),
    );
    expect(stdout).toBe(done(0, 0, cells.length));
    expect(faultsOf(stderr)).toEqual([
      'metadata is not JSON.',
      'metadata has the member "a" twice.',
      NO_ITEMS,
      'metadata is not JSON.',
    ]);
  });

  it('fails a line that is dated in the future, or before the last entry of the user', async ({ server }) => {
    const { username } = await server.user();
    const dates = ['2020-01-02T00:00:00Z', '2020-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '2020-01-02T00:00:00Z'];
    const lines = dates.map((date, nth) => `${username},1,k${nth},${date}\n`);
    const file = await write('dated.csv', `user,points,key,createdAt\n${lines.join('')}`);
    const { stdout, stderr } = await ledger(server, 'import', file);
    expect(stdout).toBe(done(2, 0, 2));
    const refused = 'createdAt must not be in the future, nor before the last entry of the user.';
    expect(faultsOf(stderr)).toEqual([refused, refused]);
    expect((await ledger(server, 'import', file)).stdout).toBe(done(0, 2, 2));
  });
});

const NO_ITEMS = 'metadata must be a list of {"key": …, "value": …}, or an object of texts.';
const WHOLE_NUMBER =
  'metadata with keys that are whole numbers must be a list of {"key": …, "value": …}, which keeps their order.';
const NO_DATE = 'createdAt must be a date and time with an offset, as in RFC 3339: 2026-01-31T09:30:00Z.';

/** Members of lines that fail, with their messages. */
function invalid() {
  const rows: [Record<string, unknown>, string][] = [
    [{ reference: 7 }, 'reference is empty or not text.'],
    [{ reference: 'r'.repeat(101) }, 'reference must have 1 to 100 characters, and has 101.'],
    [{ metadata: 'text' }, NO_ITEMS],
    [{ metadata: [{ key: 'a' }] }, NO_ITEMS],
    [{ metadata: { a: 1 } }, NO_ITEMS],
    [{ metadata: { size: 'L', 10: 'a', 2: 'b' } }, WHOLE_NUMBER],
    [{ metadata: { A: 'x' } }, 'A key of metadata has 1 to 40 characters out of a–z, 0–9 and `_`.'],
    [{ metadata: [METADATA[0], METADATA[0]] }, 'The key shop is given twice.'],
    [{ createdAt: 7 }, 'createdAt is empty or not text.'],
    ...[
      ...['2026-01-31', '2026-01-31T09:30:00', '2026-01-31 09:30:00Z', '2026-01-31T09:30Z', '2026-02-30T00:00:00Z'],
      ...['2026-13-01T00:00:00Z', '2026-01-31T24:00:00Z', '2026-01-31T09:30:00+1', '0000-12-31T00:00:00Z'],
      ...['9999-12-31T23:59:59-01:00', '0001-01-01T00:00:00+01:00'],
    ].map((createdAt): [Record<string, unknown>, string] => [{ createdAt }, NO_DATE]),
  ];
  return { fields: rows.map(([field]) => field), messages: rows.map(([, message]) => message) };
}

/** The messages of the lines that failed. */
function faultsOf(stderr: string): string[] {
  return [...stderr.matchAll(/^line \d+: (.+?) Read: /gm)].map(([, message]) => message ?? '');
}
