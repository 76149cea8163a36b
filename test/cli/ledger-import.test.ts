import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { keptLedger } from '../points/ledger.js';
import { JWT_SECRET, makeDirectory, scrip, startProcess } from '../process/program.js';
import { itWith } from '../support/fixtures.js';
import { startServer, type TestServer } from '../support/server.js';
import { openClient } from '../support/socket.js';

const it = itWith({ JWT_SECRET });

describe('scrip ledger import', () => {
  it('adds and spends what a CSV file says, and does nothing twice', async ({ server }) => {
    const { id, username } = await server.user();
    const file = await write(
      'a.csv',
      `\ufeffkey,user,points,reason\r\nk1,${username},50,start\r\nk2,${username.toUpperCase()},-20,"for ""two\nlines"""\r\n\r\nk3,${username},+7,\r\n`,
    );
    expect(await ledger(server, 'import', file)).toEqual({ status: 0, stdout: done(3, 0, 0), stderr: '' });
    expect(await ledger(server, 'import', file)).toEqual({ status: 0, stdout: done(0, 3, 0), stderr: '' });
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

  it.for([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ] as const)('reads NDJSON whose lines end by %s', async ([_, end], { server }) => {
    const { id, username: user } = await server.user();
    const lines = [
      { user, points: 5, key: 'a' },
      { user, points: -2, key: 'b', reason: 'line\u2028separator' },
    ];
    const file = await write('a.ndjson', `${lines.map((line) => JSON.stringify(line)).join(end)}${end}`);
    expect(await ledger(server, 'import', file)).toEqual({ status: 0, stdout: done(2, 0, 0), stderr: '' });
    expect(await keptLedger(server, id)).toEqual({ points: 3, deltas: [5, -2] });
  });

  it('reports the lines that failed by their number, does all others, and goes on when they are mended', async ({
    server,
  }) => {
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
    const { status, stdout, stderr } = await ledger(server, 'import', await write('b.csv', lines('1.5').join('\n')));
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(3, 0, 6) });
    const numbers = [...stderr.matchAll(/^line (\d+): .+$/gm)].map(([, number]) => Number(number));
    expect(numbers.toSorted((a, b) => a - b)).toEqual([3, 4, 5, 6, 7, 9]);
    expect(stderr).toContain('line 9: Not enough points: 99 needed, 11 available.\n');
    expect(stderr).toContain('line 4: There is no such user.\n');

    const again = await ledger(server, 'import', await write('b.csv', lines('5').join('\n')));
    expect({ status: again.status, stdout: again.stdout }).toEqual({ status: 1, stdout: done(1, 3, 5) });
    expect(await keptLedger(server, id)).toEqual({ points: 17, deltas: [10, 1, 1, 5] });
  });

  it('says which lines a quote that is never closed has taken with it', async ({ server }) => {
    const { username } = await server.user();
    const file = await write('c.csv', `user,points,key\n${username},1,a\n${username},1,"b\n${username},1,c\n`);
    const { status, stdout, stderr } = await ledger(server, 'import', file);
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(1, 0, 1) });
    expect(stderr).toBe('line 3: A quote is opened here and never closed. What follows was not read.\n');
  });

  it.for([
    ['LF below a CRLF header', 'user,points,key\r\nUSER,70,card-1\nUSER,8,card-2\n'],
    ['CRLF below an LF header', 'user,points,key\nUSER,70,card-1\r\nUSER,8,card-2\r\n'],
    ['CR', 'user,points,key\rUSER,70,card-1\rUSER,8,card-2'],
    ['each another', 'user,points,key\rUSER,70,card-1\n\r\nUSER,8,card-2\r\n'],
  ] as const)('reads lines that end by %s, and gives them the same keys', async ([_, text], { server }) => {
    const { id, username } = await server.user();
    const file = await write('ends.csv', text.replaceAll('USER', username));
    expect(await ledger(server, 'import', file)).toEqual({ status: 0, stdout: done(2, 0, 0), stderr: '' });
    const tidied = await write('ends.csv', `user,points,key\n${username},70,card-1\n${username},8,card-2\n`);
    expect((await ledger(server, 'import', tidied)).stdout).toBe(done(0, 2, 0));
    expect(await keptLedger(server, id)).toEqual({ points: 78, deltas: [70, 8] });
  });

  it.for([
    ['semicolons', 'user;points;key\r\nUSER;5;a\r\n'],
    ['tabs', 'user\tpoints\tkey\nUSER\t5\ta\n'],
    ['what its first line says', 'sep=|\r\nuser|points|key\r\nUSER|5|a\r\n'],
    ['what its first line says, in quotes', '\ufeffSEP=;\n"user";"points";"key"\n"USER";"5";"a"\n'],
    ['commas, in any case and with white space', 'User, POINTS ,\tKey\nUSER,5,a\n'],
    ['commas, with rows of empty cells', '\n,,\nuser,points,key\n\nUSER,5,a\n,,\n  ,,\n'],
    ['commas, with empty columns behind', 'user,points,key,,\nUSER,5,a,,\n'],
    ['commas, with text that holds semicolons', 'key,"a;b;c;d",user,points\na,x,USER,5\n'],
  ] as const)('reads a file that is separated by %s', async ([_, text], { server }) => {
    const { id, username } = await server.user();
    const file = await write('separated.csv', text.replaceAll('USER', username));
    expect(await ledger(server, 'import', file)).toEqual({ status: 0, stdout: done(1, 0, 0), stderr: '' });
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
  });

  it('reads UTF-16 with a byte order mark, as Excel writes it', async ({ server }) => {
    const { id, username } = await server.user();
    const text = `\ufeffuser\tpoints\tkey\r\n${username}\t5\tZo\u00eb\r\n`;
    expect((await ledger(server, 'import', await write('wide.csv', Buffer.from(text, 'utf16le')))).stdout).toBe(
      done(1, 0, 0),
    );
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
  });

  it.for([
    ['points', 'USER,many,"one\r\ntwo\r\nthree"\r\nUSER,1.5,b', [2, 5], 'Read: USER,many,'],
    ['quotes', 'USER, "5", "a"\nUSER,5,b"c\nUSER,"5"x,d', [2, 3, 4], 'Read: USER, "5", "a"'],
    ['a key with white space around it', 'USER,5,a \nUSER,5,"\ta"', [2, 3], 'Read: USER,5,a'],
    ['a key with a control character', 'USER,5,a\u0007b', [2], 'Read: USER,5,a\\u{7}b'],
    ['a cell too few, or too many', 'USER,5\nUSER,5,a,b', [2, 3], 'Read: USER,5'],
  ] as const)(
    'names each record with bad %s once, by its first line, and shows it',
    async ([_, text, lines, shown], { server }) => {
      const { username } = await server.user();
      const file = await write('faults.csv', `user,points,key\n${text.replaceAll('USER', username)}\n`);
      const { status, stdout, stderr } = await ledger(server, 'import', file);
      expect({ status, stdout }).toEqual({ status: 1, stdout: done(0, 0, lines.length) });
      expect([...stderr.matchAll(/^line (\d+): .+$/gm)].map(([, line]) => Number(line))).toEqual(lines);
      expect(stderr).toContain(shown.replace('USER', username));
    },
  );

  it('says what it has done where it cannot go on', async ({ server }) => {
    const { username } = await server.user();
    const line = JSON.stringify({ user: username, points: 1, key: 'x' });
    const broken = await ledger(server, 'import', await write('broken.ndjson', `${line}\n${'x'.repeat(200_000)}`));
    expect(broken).toMatchObject({ status: 2, stdout: done(0, 0, 0) });
    expect(broken.stderr).toContain('Run it again');
    const lines = Array.from({ length: 1_000 }, (_, index) => `${username},1,${index}\n`).join('');
    const long = await write('long.csv', `user,points,key\n${lines}${username},1,"${'x'.repeat(200_000)}`);
    expect((await ledger(server, 'import', long)).stdout).toBe(done(1_000, 0, 1));
  });

  it('says what it has done where it is interrupted', async ({ server }) => {
    const { id, username } = await server.user();
    const lines = Array.from({ length: 20_000 }, (_, index) => `${username},1,${index}\n`).join('');
    const file = await write('interrupted.csv', `user,points,key\n${lines}`);
    const env = { JWT_SECRET, DATABASE_URL: server.database.url };
    const program = startProcess({ env }, ['ledger', 'import', file]);
    await vi.waitUntil(async () => (await keptLedger(server, id)).points > 0, { timeout: 15_000, interval: 20 });
    program.process.kill('SIGINT');
    const { status, stdout, stderr } = await program.end;
    expect(status).toBe(130);
    const [, count] = /^Lines done: (\d+), done before: 0, failed: 0\.\n$/.exec(stdout) ?? [];
    expect(Number(count)).toBe((await keptLedger(server, id)).points);
    expect(Number(count)).toBeLessThan(20_000);
    expect(stderr).toContain('Run it again');
  });

  it.for([
    ['points as text', '{"user": "admin", "points": "1", "key": "a"}', 'points must be a whole number'],
    ['a key that is a number', '{"user": "admin", "points": 1, "key": 7}', 'key is empty or not text.'],
    ['no JSON', '{"user": "bob", "points": 1', 'This is no JSON object.'],
    ['no object', '[1]', 'This is no JSON object.'],
    ['no user', '{"points": 1, "key": "a"}', 'user is empty or not text.'],
    ['a fraction', '{"user": "admin", "points": 1.5, "key": "a"}', 'points must be a whole number'],
    ['no points', '{"user": "admin", "points": 0, "key": "a"}', 'points must be a whole number'],
    [
      'more points than there can be',
      '{"user": "admin", "points": 9007199254740993, "key": "a"}',
      'points must be a whole number',
    ],
    ['a key that is too long', JSON.stringify({ user: 'admin', points: 1, key: 'k'.repeat(256) }), 'key must have'],
    [
      'a reason that is a number',
      '{"user": "admin", "points": 1, "key": "a", "reason": 5}',
      'reason is empty or not text.',
    ],
    [
      'a letter in another encoding',
      Buffer.from('{"user": "admin", "points": 1, "key": "\xe4"}', 'latin1'),
      'not UTF-8',
    ],
  ] as const)('fails a line with %s', async ([_, line, words], { server }) => {
    const { status, stdout, stderr } = await ledger(server, 'import', await write('d.ndjson', line));
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(0, 0, 1) });
    expect(stderr).toMatch(/^line 1: .+ Read: .+\n$/);
    expect(stderr).toContain(words);
  });

  it('creates no user with a name that is reserved for deleted users', async ({ server }) => {
    const file = await write('reserved.csv', 'user,points,key\nDeleted-1,1,a\nthird,1,a\n');
    const { status, stdout, stderr } = await ledger(server, 'import', file, '--create-users');
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(1, 0, 1) });
    expect(stderr).toMatch(/^line 2: Names that begin with `deleted-` are reserved/);
    await server.database.query(
      `insert into users (id, username, role) values (gen_random_uuid(), 'deleted-1', 'USER')`,
    );
    await server.database.query(`insert into balances (user_id) select id from users where username = 'deleted-1'`);
    expect(await ledger(server, 'import', file)).toMatchObject({ status: 0, stdout: done(1, 1, 0) });
    // Other tests import what this server exports.
    await server.database.query(`update users set username = 'no-longer-reserved' where username = 'deleted-1'`);
  });

  it('creates users where it is asked to, who cannot log in', async ({ server }) => {
    const file = await write('e.csv', 'user,points,key\nNew-One,1,a\nnew-one,2,b\nnew-two,3,a\n');
    expect((await ledger(server, 'import', file)).status).toBe(1);
    expect(await ledger(server, 'import', file, '--create-users')).toEqual({
      status: 0,
      stdout: done(3, 0, 0),
      stderr: '',
    });
    const created = await server.database.query(
      `select u.username, u.role, u.password_hash, b.points::int from users u join balances b on b.user_id = u.id
        where lower(u.username) like 'new-%' order by u.username`,
    );
    expect(created).toEqual([
      { username: 'New-One', role: 'USER', password_hash: null, points: 3 },
      { username: 'new-two', role: 'USER', password_hash: null, points: 3 },
    ]);
  });

  it('keeps the keys of owners apart', async ({ server }) => {
    const owner = await server.user();
    const { id, username } = await server.user();
    const file = await write('f.csv', `user,points,key\n${username},1,a\n`);
    await ledger(server, 'import', file);
    expect((await ledger(server, 'import', file, '--owner', owner.username)).stdout).toBe(done(1, 0, 0));
    expect((await keptLedger(server, id)).deltas).toEqual([1, 1]);
  });

  it('takes a file of more than a batch', async ({ server }) => {
    const { id, username } = await server.user();
    const lines = Array.from({ length: 2_500 }, (_, index) => `${username},1,${index}\n`);
    const { stdout } = await ledger(server, 'import', await write('g.csv', `user,points,key\n${lines.join('')}`));
    expect(stdout).toBe(done(2_500, 0, 0));
    expect((await keptLedger(server, id)).points).toBe(2_500);
  });

  it('is seen by callers who follow the ledger on a server', async ({ server }) => {
    const { id, username } = await server.user();
    const client = openClient(server, await server.everything());
    const query = `subscription { pointsChanged(user: { id: "${id}" }, after: 0) { delta sequence } }`;
    const entries = client.iterate({ query });
    const next = entries.next();
    await ledger(server, 'import', await write('h.csv', `user,points,key\n${username},4,a\n`));
    expect((await next).value).toEqual({ data: { pointsChanged: { delta: 4, sequence: 1 } } });
    await client.dispose();
  });

  it('refuses a file without a column, and an owner who is not there', async ({ server }) => {
    const file = await write('i.csv', 'user,points\nadmin,1\n');
    expect(await ledger(server, 'import', file)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'scrip: The header has no column key. It reads: user | points\n',
    });
    expect((await ledger(server, 'import', await write('i.csv', 'user.points,Key\n'))).stderr).toBe(
      'scrip: The header has no column user, points. It reads: user.points | Key\n',
    );
    expect(await ledger(server, 'import', file, '--owner', 'nobody')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'scrip: There is no such user.\n',
    });
  });

  it.for([
    ['i.csv', ''],
    ['i.csv', '\ufeff\r\n,,\r\n'],
    ['i.csv', 'sep=;\n'],
    ['i.ndjson', ''],
    ['i.ndjson', '\n \r\n'],
  ] as const)('refuses %s with nothing in it: %j', async ([name, text], { server }) => {
    const { status, stdout, stderr } = await ledger(server, 'import', await write(name, text));
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: 'scrip: The file is empty.\n' });
  });

  it('refuses a file of one endless line', async ({ server }) => {
    const { status, stderr } = await ledger(server, 'import', await write('endless.csv', 'x'.repeat(99_000)));
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('has no column user') });
  });

  it('refuses a file of one line of white space', async ({ server }) => {
    const { status, stderr } = await ledger(server, 'import', await write('white.csv', ' '.repeat(99_000)));
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('is empty') });
  });

  it('refuses a header with a column twice', async ({ server }) => {
    const { status, stderr } = await ledger(
      server,
      'import',
      await write('i.csv', 'user,points,key, Key\nadmin,1,a,b\n'),
    );
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'scrip: The header has the column key twice.\n' });
  });

  it.for(['nothing.csv', 'points.xlsx'])('ends with 2 for %s', async (file, { server }) => {
    const { status, stderr } = await ledger(server, 'import', file);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^scrip: .+\n$/);
  });
});

describe('scrip ledger export', () => {
  it.for(['csv', 'ndjson'])(
    'prints all entries as %s, which another server can import, and again',
    async (format, { server }) => {
      const { username } = await server.user();
      const reason = 'a "quoted", long\nstory';
      const lines = [
        { user: username, points: 9, key: 'a', reason },
        { user: username, points: -4, key: 'b' },
      ];
      await ledger(server, 'import', await write('j.ndjson', lines.map((line) => JSON.stringify(line)).join('\n')));
      const exported = await ledger(server, 'export', '--format', format);
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
    },
  );

  it.each(['csv', 'ndjson'])(
    'reads back from %s what a spreadsheet would run, and what looks escaped',
    async (format) => {
      const other = await startServer({ JWT_SECRET });
      const token = await other.everything();
      const user = await other.user({ username: '-dash' });
      const operations = TEXTS.map((text) => ({
        add: { user: { id: user.id }, points: 5, reason: text, idempotencyKey: text },
      }));
      const apply =
        'mutation ($input: ApplyPointsInput!) { applyPoints(input: $input) { results { error { code } } } }';
      const { data } = await other.send(token, apply, { input: { operations } });
      expect(data.applyPoints.results).toEqual(TEXTS.map(() => ({ error: null })));
      const { stdout } = await ledgerOf(other, ['export', '--format', format]);
      if (format === 'csv') expect(stdout).not.toMatch(/(^|,)"?[=+@\t\r\n\uff1d]|(^|,)"?-(?!\d)/);
      const target = await startServer({ JWT_SECRET });
      const imported = await ledgerOf(target, ['import', await write(`export.${format}`, stdout), '--create-users']);
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

  it('names the columns even where there is no entry', async () => {
    const other = await startServer({ JWT_SECRET });
    expect((await ledgerOf(other, ['export'])).stdout).toBe(
      'user,points,reason,key,id,kind,balanceAfter,reverses,owner,token,createdAt\r\n',
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

function done(count: number, before: number, failed: number): string {
  return `Lines done: ${count}, done before: ${before}, failed: ${failed}.\n`;
}

async function write(name: string, content: string | Uint8Array): Promise<string> {
  const file = join(await makeDirectory(), name);
  await writeFile(file, content);
  return file;
}

async function ledger(server: TestServer, ...args: string[]) {
  return await ledgerOf(server, args);
}

async function ledgerOf({ database }: TestServer, args: readonly string[]) {
  return await scrip(['ledger', ...args], { env: { JWT_SECRET, DATABASE_URL: database.url } });
}
