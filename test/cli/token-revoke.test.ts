import { describe, expect } from 'vitest';
import { ViewerDocument } from '../operations/generated.js';
import { JWT_SECRET, scrip } from '../process/program.js';
import type { TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const it = itWith({ JWT_SECRET });
it.beforeAll(async ({ server }) => {
  await server.user({ username: 'bob' });
});

describe('scrip token revoke', () => {
  it('revokes a token at once; a second time is no error', async ({ server }) => {
    const { id, secret } = await server.token(['posts:read']);
    for (let time = 0; time < 2; time++) {
      expect(await token(server, 'revoke', id)).toEqual({
        status: 0,
        stdout: '',
        stderr: `Revoked the token ${id}.\n`,
      });
      const { status, errors } = await server.send(secret, ViewerDocument);
      expect({ status, reason: errors?.[0]?.extensions['reason'] }).toEqual({ status: 401, reason: 'TOKEN_REVOKED' });
    }
  });

  it.for(['0198c0de-0000-7000-8000-000000000000', 'no id'])(
    'is refused for %s, which no token has',
    async (id, { server }) => {
      expect(await token(server, 'revoke', id)).toEqual({
        status: 1,
        stdout: '',
        stderr: 'scrip: There is no such token.\n',
      });
    },
  );
});

describe('scrip token revoke with --owner and --issued-before', () => {
  const revokedAmong = async (server: TestServer, ids: readonly string[]) =>
    (await server.database.query('select id from tokens where id = any($1) and revoked_at is not null', [ids])).map(
      ({ id }) => id,
    );

  it('revokes every token of the user that still works, paused ones too, and no other', async ({ server }) => {
    const owner = await server.user();
    const [active, paused, expired] = [
      await server.token(['posts:read'], owner),
      await server.token(['posts:read'], owner),
      await server.token(['posts:read'], owner),
    ];
    const other = await server.token(['posts:read']);
    await server.database.query('update tokens set paused_at = now() where id = $1', [paused.id]);
    await server.database.query('update tokens set expires_at = now() where id = $1', [expired.id]);
    const { status, stderr } = await token(server, 'revoke', '--owner', owner.username);
    expect({ status, lines: stderr.split('\n').length }).toEqual({ status: 0, lines: 4 });
    expect(stderr).toMatch(/2 tokens revoked\.\n$/);
    expect(await revokedAmong(server, [active.id, paused.id, expired.id, other.id])).toEqual([active.id, paused.id]);
    expect((await server.send(active, ViewerDocument)).status).toBe(401);
    expect((await token(server, 'revoke', '--owner', owner.username)).stderr).toBe('0 tokens revoked.\n');
  });

  it('revokes those of the user that were issued before the time', async ({ server }) => {
    const owner = await server.user();
    const [older, newer] = [await server.token(['posts:read'], owner), await server.token(['posts:read'], owner)];
    await server.database.query(`update tokens set issued_at = '2026-01-01T11:59:59Z' where id = $1`, [older.id]);
    await server.database.query(`update tokens set issued_at = '2026-01-01T12:00:00Z' where id = $1`, [newer.id]);
    const args = ['--owner', owner.username, '--issued-before', '2026-01-01T13:00:00+01:00'];
    expect((await token(server, 'revoke', ...args)).stderr).toMatch(/1 token revoked\.\n$/);
    expect(await revokedAmong(server, [older.id, newer.id])).toEqual([older.id]);
  });

  it.for([
    [[]],
    [['0198c0de-0000-7000-8000-000000000000', '--owner', 'bob']],
    [['--issued-before', '2026-01-01']],
    [['--issued-before', 'yesterday']],
    [['--issued-before', '2026-13-01T00:00:00Z']],
    [['--issued-before', '2026-02-30T00:00:00Z']],
    [['--issued-before', '2026-01-01T24:00:00Z']],
  ] as const)('is refused with exit status 2 for %j', async ([args], { server }) => {
    const { status, stderr } = await token(server, 'revoke', ...args);
    expect({ status, lines: stderr.split('\n').length }).toEqual({ status: 2, lines: 2 });
  });
});

async function token(server: TestServer, ...args: string[]) {
  return await scrip(['token', ...args], { env: { JWT_SECRET, DATABASE_URL: server.database.url } });
}
