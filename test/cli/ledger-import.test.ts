import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keptLedger } from '../points/ledger.js';
import { JWT_SECRET, makeDirectory, scrip } from '../process/program.js';
import { startServer, type TestServer } from '../server.js';
import { openClient } from '../socket.js';

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ JWT_SECRET });
});
afterAll(() => server.close());

describe('scrip ledger import', () => {
  it('adds and spends what a CSV file says, and does nothing twice', async () => {
    const { id, username } = await server.user();
    const file = await write(
      'a.csv',
      `\ufeffkey,user,points,reason\r\nk1,${username},50,start\r\nk2,${username.toUpperCase()},-20,"for ""two\nlines"""\r\n\r\nk3,${username},+7,\r\n`,
    );
    expect(await ledger('import', file)).toEqual({ status: 0, stdout: done(3, 0, 0), stderr: '' });
    expect(await ledger('import', file)).toEqual({ status: 0, stdout: done(0, 3, 0), stderr: '' });
    expect(await keptLedger(server, id)).toEqual({ points: 37, deltas: [50, -20, 7] });
    const entries = await server.database.query(
      `select e.reason, u.username as owner, e.token_id from entries e join users u on u.id = e.owner_id
        where e.user_id = $1 order by e.sequence`,
      [id],
    );
    expect(entries).toEqual(
      ['start', 'for "two\nlines"', null].map((reason) => ({ reason, owner: 'admin', token_id: null })),
    );
  });

  it('reads NDJSON, with points as numbers or as text', async () => {
    const { id, username: user } = await server.user();
    const lines = [
      { user, points: 5, key: 'a' },
      { user, points: '-2', key: 'b', reason: 'line\u2028separator' },
    ];
    const file = await write('a.ndjson', `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    expect(await ledger('import', file)).toEqual({ status: 0, stdout: done(2, 0, 0), stderr: '' });
    expect(await keptLedger(server, id)).toEqual({ points: 3, deltas: [5, -2] });
  });

  it('reports the lines that failed by their number, does all others, and goes on when they are mended', async () => {
    const { id, username } = await server.user();
    const lines = (amount: string) => [
      'user,points,key',
      `${username},10,k1`,
      `${username},${amount},k2`,
      'nobody-here,1,k3',
      'bob smith,1,k4',
      `${username},1`,
      `${username},1,`,
      `${username},1,k7`,
      `${username},-99,k8`,
      `${username},1,k9`,
    ];
    const { status, stdout, stderr } = await ledger('import', await write('b.csv', lines('1.5').join('\n')));
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(3, 0, 6) });
    const numbers = [...stderr.matchAll(/^line (\d+): .+\.$/gm)].map(([, number]) => Number(number));
    expect(numbers.toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 9]);
    expect(stderr).toContain('line 9: Not enough points: 99 needed, 11 available.\n');
    expect(stderr).toContain('line 4: There is no such user.\n');

    const again = await ledger('import', await write('b.csv', lines('5').join('\n')));
    expect({ status: again.status, stdout: again.stdout }).toEqual({ status: 1, stdout: done(1, 3, 5) });
    expect(await keptLedger(server, id)).toEqual({ points: 17, deltas: [10, 1, 1, 5] });
  });

  it('says which lines a quote that is never closed has taken with it', async () => {
    const { username } = await server.user();
    const file = await write('c.csv', `user,points,key\n${username},1,a\n${username},1,"b\n${username},1,c\n`);
    const { status, stdout, stderr } = await ledger('import', file);
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(1, 0, 1) });
    expect(stderr).toMatch(/^line 4: Quote Not Closed: .*; lines 3 to 4 were passed over\.\n$/);
  });

  it.each([
    ['no JSON', '{"user": "bob", "points": 1', 'This is no JSON object.'],
    ['no object', '[1]', 'This is no JSON object.'],
    ['no user', '{"points": 1, "key": "a"}', 'There is no text for user.'],
    ['a fraction', '{"user": "admin", "points": 1.5, "key": "a"}', 'Points are'],
    ['no points', '{"user": "admin", "points": 0, "key": "a"}', 'Points are'],
    ['more points than there can be', '{"user": "admin", "points": 9007199254740993, "key": "a"}', 'Points are'],
    ['a key that is too long', JSON.stringify({ user: 'admin', points: 1, key: 'k'.repeat(256) }), 'key must have'],
    [
      'a reason that is a number',
      '{"user": "admin", "points": 1, "key": "a", "reason": 5}',
      'There is no text for reason.',
    ],
    [
      'a letter in another encoding',
      Buffer.from('{"user": "admin", "points": 1, "key": "\xe4"}', 'latin1'),
      'not UTF-8',
    ],
  ])('fails a line with %s', async (_, line, words) => {
    const { status, stdout, stderr } = await ledger('import', await write('d.ndjson', line));
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(0, 0, 1) });
    expect(stderr).toMatch(/^line 1: .+\n$/);
    expect(stderr).toContain(words);
  });

  it('creates users where it is asked to, who cannot log in', async () => {
    const file = await write('e.csv', 'user,points,key\nNew-One,1,a\nnew-one,2,b\nnew-two,3,a\n');
    expect((await ledger('import', file)).status).toBe(1);
    expect(await ledger('import', file, '--create-users')).toEqual({ status: 0, stdout: done(3, 0, 0), stderr: '' });
    const created = await server.database.query(
      `select u.username, u.role, u.password_hash, b.points::int from users u join balances b on b.user_id = u.id
        where lower(u.username) like 'new-%' order by u.username`,
    );
    expect(created).toEqual([
      { username: 'New-One', role: 'USER', password_hash: null, points: 3 },
      { username: 'new-two', role: 'USER', password_hash: null, points: 3 },
    ]);
  });

  it('keeps the keys of owners apart', async () => {
    const owner = await server.user();
    const { id, username } = await server.user();
    const file = await write('f.csv', `user,points,key\n${username},1,a\n`);
    await ledger('import', file);
    expect((await ledger('import', file, '--owner', owner.username)).stdout).toBe(done(1, 0, 0));
    expect((await keptLedger(server, id)).deltas).toEqual([1, 1]);
  });

  it('takes a file of more than a batch', async () => {
    const { id, username } = await server.user();
    const lines = Array.from({ length: 2_500 }, (_, index) => `${username},1,${index}\n`);
    const { stdout } = await ledger('import', await write('g.csv', `user,points,key\n${lines.join('')}`));
    expect(stdout).toBe(done(2_500, 0, 0));
    expect((await keptLedger(server, id)).points).toBe(2_500);
  });

  it('is seen by whoever follows the ledger on a server', async () => {
    const { id, username } = await server.user();
    const client = openClient(server, await server.everything());
    const query = `subscription { pointsChanged(user: { id: "${id}" }, after: 0) { delta sequence } }`;
    const entries = client.iterate({ query });
    const next = entries.next();
    await ledger('import', await write('h.csv', `user,points,key\n${username},4,a\n`));
    expect((await next).value).toEqual({ data: { pointsChanged: { delta: 4, sequence: 1 } } });
    await client.dispose();
  });

  it('refuses a file without a column, and an owner who is not there', async () => {
    const file = await write('i.csv', 'user,points\nadmin,1\n');
    expect(await ledger('import', file)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'scrip: The first line names no column key.\n',
    });
    expect(await ledger('import', file, '--owner', 'nobody')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'scrip: There is no such user.\n',
    });
  });

  it.each(['nothing.csv', 'points.xlsx'])('ends with 2 for %s', async (file) => {
    const { status, stderr } = await ledger('import', file);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^scrip: .+\n$/);
  });
});

describe('scrip ledger export', () => {
  it.each(['csv', 'ndjson'])('prints all entries as %s, which another server can import, and again', async (format) => {
    const { username } = await server.user();
    const reason = 'a "quoted", long\nstory';
    const lines = [
      { user: username, points: 9, key: 'a', reason },
      { user: username, points: -4, key: 'b' },
    ];
    await ledger('import', await write('j.ndjson', lines.map((line) => JSON.stringify(line)).join('\n')));
    const exported = await ledger('export', '--format', format);
    expect({ status: exported.status, stderr: exported.stderr }).toEqual({ status: 0, stderr: '' });

    const other = await startServer({ JWT_SECRET });
    const file = await write(`export.${format}`, exported.stdout);
    const args = ['import', file, '--key-column', 'id', '--create-users'];
    const imported = await ledgerOf(other, args);
    expect(imported).toMatchObject({ status: 0, stderr: '' });
    expect((await ledgerOf(other, args)).stdout).toMatch(/^Lines done: 0, /);
    const kept = `select u.username, e.sequence, e.delta, e.balance_after, e.reason
                    from entries e join users u on u.id = e.user_id order by u.username, e.sequence`;
    expect(await other.database.query(kept)).toEqual(await server.database.query(kept));
    await other.close();
  });

  it('names the columns even where there is no entry', async () => {
    const other = await startServer({ JWT_SECRET });
    expect((await ledgerOf(other, ['export'])).stdout).toBe(
      'user,points,reason,key,id,kind,balanceAfter,reverses,owner,token,createdAt\r\n',
    );
    await other.close();
  });
});

function done(count: number, before: number, failed: number): string {
  return `Lines done: ${count}, done before: ${before}, failed: ${failed}.\n`;
}

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(await makeDirectory(), name);
  await writeFile(file, content);
  return file;
}

async function ledger(...args: string[]) {
  return await ledgerOf(server, args);
}

async function ledgerOf({ database }: TestServer, args: readonly string[]) {
  return await scrip(['ledger', ...args], { env: { JWT_SECRET, DATABASE_URL: database.url } });
}
