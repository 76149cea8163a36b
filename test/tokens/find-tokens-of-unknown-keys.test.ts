import { describe, expect } from 'vitest';
import { IssueTokenDocument, type IssueTokenInput, ViewerDocument } from '../operations/generated.js';
import { startServer, type TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

const OLD = 'the first secret, of at least 32 bytes';
const NEW = 'the second secret, of at least 32 bytes';

const it = itWith({ JWT_SECRET: OLD });

describe('A start', () => {
  let secret: string;
  it.beforeAll(async ({ server: first }) => {
    const admin = await first.everything();
    const issue = async (format: 'JWT' | 'OPAQUE') => {
      const input: IssueTokenInput = { name: 'x', scopes: ['POINTS_READ'], format };
      return (await first.send(admin, IssueTokenDocument, { input })).data.issueToken;
    };
    ({ secret } = await issue('JWT'));
    await issue('OPAQUE');
    const [revoked, expired] = [await issue('JWT'), await issue('JWT')];
    await first.database.query('update tokens set revoked_at = now() where id = $1', [revoked.token.id]);
    await first.database.query('update tokens set expires_at = now() where id = $1', [expired.token.id]);
  });

  const startAgain = async (first: TestServer, env: Record<string, string>) => {
    const server = await startServer({ DATABASE_URL: first.database.url, ...env });
    const { status } = await server.send(secret, ViewerDocument);
    const warnings = server.log
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event === 'tokens_of_unknown_keys');
    await server.close();
    return { status, warnings };
  };

  it('warns of active JWT app tokens whose key is not configured, and names the key', async ({ server }) => {
    const { status, warnings } = await startAgain(server, { JWT_SECRET: NEW });
    const { kid } = JSON.parse(Buffer.from(secret.split('.')[0] ?? '', 'base64url').toString());
    expect(status).toBe(401);
    expect(warnings).toEqual([expect.objectContaining({ level: 40, count: 1, keyIds: [kid] })]);
    expect(warnings[0].msg).toContain('JWT_PREVIOUS_SECRET');
  });

  it.for([
    ['signs', { JWT_SECRET: OLD }],
    ['is the previous one', { JWT_SECRET: NEW, JWT_PREVIOUS_SECRET: OLD }],
  ] as const)('does not warn where their key %s', async ([_what, env], { server }) => {
    expect(await startAgain(server, env)).toEqual({ status: 200, warnings: [] });
  });
});
