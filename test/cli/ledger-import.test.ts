import { print } from 'graphql';
import { describe, expect, vi } from 'vitest';
import { PointsChangedDocument } from '../operations/generated.js';
import { keptLedger } from '../points/ledger.js';
import { JWT_SECRET, startProcess } from '../process/program.js';
import { itWith } from '../support/server-fixture.js';
import { openClient } from '../support/socket.js';
import { done, ledger, write } from './ledger.js';

const it = itWith({ JWT_SECRET });

describe('scrip ledger import', () => {
  it('adds and spends what a CSV file says, once also when it is imported twice', async ({ server }) => {
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

  it('reports the lines that failed by their number, applies all others, and applies the rest once they are corrected', async ({
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
    expect(stderr).toContain(`line 9: Not enough points: 99 needed, 11 available. Read: ${username},-99,k8\n`);
    expect(stderr).toContain('line 4: There is no such user. Read: nobody-here,1,k3\n');

    const again = await ledger(server, 'import', await write('b.csv', lines('5').join('\n')));
    expect({ status: again.status, stdout: again.stdout }).toEqual({ status: 1, stdout: done(1, 3, 5) });
    expect(await keptLedger(server, id)).toEqual({ points: 17, deltas: [10, 1, 1, 5] });
  });

  it('says how many lines it has applied where it cannot continue', async ({ server }) => {
    const { username } = await server.user();
    const line = JSON.stringify({ user: username, points: 1, key: 'x' });
    const broken = await ledger(server, 'import', await write('broken.ndjson', `${line}\n${'x'.repeat(200_000)}`));
    expect(broken).toMatchObject({ status: 2, stdout: done(0, 0, 0) });
    expect(broken.stderr).toContain('Run it again');
    const lines = Array.from({ length: 1_000 }, (_, index) => `${username},1,${index}\n`).join('');
    const long = await write('long.csv', `user,points,key\n${lines}${username},1,"${'x'.repeat(200_000)}`);
    expect((await ledger(server, 'import', long)).stdout).toBe(done(1_000, 0, 1));
  });

  it('says how many lines it has applied where it is interrupted', async ({ server }) => {
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
    ['no JSON', '{"user": "bob", "points": 1', 'This is not a JSON object.'],
    ['no object', '[1]', 'This is not a JSON object.'],
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

  it('creates users who cannot log in, with --create-users', async ({ server }) => {
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

  it('scopes idempotency keys to the owner', async ({ server }) => {
    const owner = await server.user();
    const { id, username } = await server.user();
    const file = await write('f.csv', `user,points,key\n${username},1,a\n`);
    await ledger(server, 'import', file);
    expect((await ledger(server, 'import', file, '--owner', owner.username)).stdout).toBe(done(1, 0, 0));
    expect((await keptLedger(server, id)).deltas).toEqual([1, 1]);
  });

  it('imports a file of more than a batch', async ({ server }) => {
    const { id, username } = await server.user();
    const lines = Array.from({ length: 2_500 }, (_, index) => `${username},1,${index}\n`);
    const { stdout } = await ledger(server, 'import', await write('g.csv', `user,points,key\n${lines.join('')}`));
    expect(stdout).toBe(done(2_500, 0, 0));
    expect((await keptLedger(server, id)).points).toBe(2_500);
  });

  it('is seen by subscribers of a server', async ({ server }) => {
    const { id, username } = await server.user();
    const client = openClient(server, await server.everything());
    const entries = client.iterate({ query: print(PointsChangedDocument), variables: { user: { id }, after: 0 } });
    const next = entries.next();
    await ledger(server, 'import', await write('h.csv', `user,points,key\n${username},4,a\n`));
    expect((await next).value).toEqual({ data: { pointsChanged: { sequence: 1, user: { id, username } } } });
    await client.dispose();
  });
});
