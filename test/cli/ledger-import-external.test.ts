import { describe, expect } from 'vitest';
import { AddPointsDocument } from '../operations/generated.js';
import { keptLedger } from '../points/ledger.js';
import { JWT_SECRET } from '../process/program.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { done, ledger, write } from './ledger.js';

const it = itWith({ JWT_SECRET });

const TWITCH = ['--external', 'twitch'];

/** The linked users with their points, by external id. */
async function linkedUsers({ database }: TestServer) {
  return await database.query(
    `select x.external_id, u.username, u.password_hash, b.points::int from external_ids x
       join users u on u.id = x.user_id join balances b on b.user_id = u.id
      where x.issuer = 'twitch' order by x.external_id`,
  );
}

describe('scrip ledger import --external', () => {
  it('finds users by their external ids, and creates and links those that none has', { timeout: 60_000 }, async ({
    server,
  }) => {
    const token = await server.everything();
    const named = await server.user({ username: 'by-name' });
    const add = { user: { external: { issuer: 'twitch', id: '1' } }, points: 1, ifMissing: { username: 'one' } };
    expect((await server.send(token, AddPointsDocument, { input: add })).errors).toBeUndefined();
    const file = await write(
      'external.csv',
      [
        'user,external,points,key',
        'former-name,1,2,a',
        'two,2,3,a',
        ',2,4,b',
        ',3,5,a',
        'by-name,,6,a',
        'two,,7,c',
        'deleted-x,4,1,a',
        'by-name,5,1,a',
      ].join('\n'),
    );
    const known = await ledger(server, 'import', file, ...TWITCH);
    expect(known).toMatchObject({ status: 1, stdout: done(2, 0, 6) });
    expect(known.stderr).toContain('line 4: There is no such user. Read: ,2,4,b');

    const { status, stdout, stderr } = await ledger(server, 'import', file, ...TWITCH, '--create-users');
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(4, 2, 2) });
    expect(stderr).toMatch(/^line 8: Names that begin with `deleted-` are reserved/m);
    expect(stderr).toContain(
      'line 9: Another user has the name by-name. If this is the same person, link the external id by `scrip user link`. Read: by-name,5,1,a\n',
    );
    const made = expect.stringMatching(/^twitch-[a-z0-9]{8}$/);
    expect(await linkedUsers(server)).toEqual([
      { external_id: '1', username: 'one', password_hash: null, points: 3 },
      { external_id: '2', username: 'two', password_hash: null, points: 14 },
      { external_id: '3', username: made, password_hash: null, points: 5 },
    ]);
    expect((await keptLedger(server, named.id)).deltas).toEqual([6]);
    expect((await ledger(server, 'import', file, ...TWITCH, '--create-users')).stdout).toBe(done(0, 6, 2));
  });

  it('reads a file without the column user', async ({ server }) => {
    const file = await write('external.csv', 'External,points,key\n7,2,a\n,2,b\n');
    const { stdout, stderr } = await ledger(server, 'import', file, ...TWITCH, '--create-users');
    expect(stdout).toBe(done(1, 0, 1));
    expect(stderr).toContain('line 3: user is empty or not text. Read: ,2,b');
    const unnamed = await ledger(server, 'import', file);
    expect(unnamed).toMatchObject({ status: 2, stdout: '' });
    expect(unnamed.stderr).toContain('The header has no column user.');
  });

  it('is refused for what cannot be an issuer, also by an export', async ({ server }) => {
    const file = await write('external.csv', 'external,points,key\n');
    for (const args of [['import', file], ['export']]) {
      const { status, stderr } = await ledger(server, ...args, '--external', 'Twitch:1');
      expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('An issuer has 1 to 64') });
    }
  });

  it('fails lines whose external id cannot be one', async ({ server }) => {
    const cells = await write('untidy.csv', 'external,points,key\n a,1,k\na\u200b,1,k\n');
    const untidy = await ledger(server, 'import', cells, ...TWITCH, '--create-users');
    expect(untidy.stderr).toContain('line 2: The external id has blanks around it. Read: ');
    expect(untidy.stderr).toContain('line 3: The external id has the character U+200B, which cannot be seen. Read: ');
    const lines = [7, 'x'.repeat(256), 'a\u200b'].map((external) => JSON.stringify({ external, points: 1, key: 'k' }));
    const members = await write('untidy.ndjson', lines.join('\n'));
    const { stdout, stderr } = await ledger(server, 'import', members, ...TWITCH, '--create-users');
    expect(stdout).toBe(done(0, 0, 3));
    expect(stderr).toContain('line 1: external is empty or not text. Read: ');
    expect(stderr).toContain('line 2: external.id must have 1 to 255 characters, and has 256. Read: ');
    expect(stderr).toContain(
      'line 3: The external id has the character U+200B, which cannot be seen and is not escaped.',
    );
  });
});
