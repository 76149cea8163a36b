import { describe, expect, vi } from 'vitest';
import { hashSecret } from '../../src/tokens/secret.js';
import { ViewerDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';

describe('The secret of an app token', () => {
  let token: IssuedToken;
  it.beforeAll(async ({ server }) => {
    token = await server.token(['users:read']);
  });

  const verify = async (server: TestServer, secret: string) => {
    const { status, errors } = await server.send(secret, ViewerDocument);
    return status === 200 ? 200 : `${status} ${errors?.[0]?.extensions['reason']}`;
  };
  const body = () => token.secret.slice('scrip_app_'.length);
  const otherCase = (text: string) =>
    text.replace(/[a-z]/gi, (letter) => (letter < 'a' ? letter.toLowerCase() : letter.toUpperCase()));

  it.for([
    ['in another case', () => `scrip_app_${otherCase(body())}`],
    ['without its last character', () => token.secret.slice(0, -1)],
    ['with one character more', () => `${token.secret}0`],
    ['under the prefix of refresh tokens', () => `scrip_rt_${body()}`],
    ['without its prefix', body],
    ['as the hash that is kept of it', () => hashSecret(token.secret).toString('hex')],
    ['as that hash in base64', () => hashSecret(token.secret).toString('base64')],
    ['as the id of its token', () => token.id],
  ] as const)('is refused %s', async ([_how, make], { server }) => {
    expect(await verify(server, make())).toBe('401 TOKEN_INVALID');
    expect(await verify(server, token.secret)).toBe(200);
  });

  it.for([
    ['a letter of another alphabet', '\u0430'],
    ['a full-width letter', '\uff41'],
    ['a joiner without width', '\u200d'],
    ['a letter of Latin-1', '\u00e9'],
  ] as const)('is malformed with %s in it', async ([_what, character], { server }) => {
    const bytes = Buffer.from(`${token.secret.slice(0, -1)}${character}`).toString('latin1'); // as a header carries it
    const headers = { authorization: `Bearer ${bytes}` };
    const { status, errors } = await server.send(undefined, ViewerDocument, {}, headers);
    expect({ status, code: errors?.[0]?.extensions['code'] }).toEqual({ status: 400, code: 'BAD_AUTHORIZATION' });
  });

  it('is refused without a query of the tokens where its checksum or its form is wrong', async ({ server }) => {
    await server.database.query('alter table tokens rename to tokens_away');
    try {
      const last = token.secret.endsWith('0') ? '1' : '0';
      for (const secret of [token.secret.slice(0, -1) + last, 'x', `scrip_app_${'0'.repeat(15_000)}`]) {
        expect(await verify(server, secret)).toBe('401 TOKEN_INVALID');
      }
      expect(await verify(server, token.secret)).toMatch(/^50\d/);
    } finally {
      await server.database.query('alter table tokens_away rename to tokens');
    }
    expect(await verify(server, token.secret)).toBe(200);
  });

  it('is still valid after ten years', async ({ server }) => {
    await server.database.query(`update tokens set issued_at = now() - interval '10 years' where id = $1`, [token.id]);
    expect(await verify(server, token.secret)).toBe(200);
  });

  it('is found by an index among ten thousand, and never by reading them all', async ({ server }) => {
    await server.database.query(
      `insert into tokens (id, name, format, secret_hash, hint, scopes, owner_id)
       select gen_random_uuid(), 'one of many', 'OPAQUE', sha256(n::text::bytea), '', '{posts:read}', $1
         from generate_series(1, 10000) n`,
      [token.owner.id],
    );
    await server.database.query('analyze tokens');
    const reads = async () => {
      const [row] = await server.database.query(
        `select seq_scan::int as whole, idx_scan::int as indexed from pg_stat_user_tables where relname = 'tokens'`,
      );
      return { whole: Number(row?.['whole']), indexed: Number(row?.['indexed']) };
    };
    // Each session reports what it has read once a second at most, when it is asked something.
    const verifyUntilReported = async (since: Awaited<ReturnType<typeof reads>>) =>
      await vi.waitFor(async () => {
        expect(await verify(server, token.secret)).toBe(200);
        expect((await reads()).indexed).toBeGreaterThan(since.indexed + 20);
      }, 15_000);
    await verifyUntilReported(await reads()); // also what was read before there were so many
    const before = await reads();
    await verifyUntilReported(before);
    expect((await reads()).whole).toBe(before.whole);
  });
});
