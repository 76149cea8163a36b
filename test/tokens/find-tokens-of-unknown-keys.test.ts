import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../support/server.js';

const OLD = 'the first secret, of at least 32 bytes';
const NEW = 'the second secret, of at least 32 bytes';

const ISSUE = /* GraphQL */ `
  mutation ($format: TokenFormat!, $expiresAt: DateTime) {
    issueToken(input: { name: "x", scopes: [POINTS_READ], format: $format, expiresAt: $expiresAt }) {
      secret
      token { id }
    }
  }
`;

describe('A start', () => {
  let first: TestServer;
  let secret: string;
  beforeAll(async () => {
    first = await startServer({ JWT_SECRET: OLD });
    const admin = await first.everything();
    const issue = async (variables: object) => (await first.send(admin, ISSUE, variables)).data.issueToken;
    ({ secret } = await issue({ format: 'JWT' }));
    await issue({ format: 'OPAQUE' });
    const [revoked, expired] = [await issue({ format: 'JWT' }), await issue({ format: 'JWT' })];
    await first.database.query('update tokens set revoked_at = now() where id = $1', [revoked.token.id]);
    await first.database.query('update tokens set expires_at = now() where id = $1', [expired.token.id]);
  });
  afterAll(() => first.close());

  const startAgain = async (env: Record<string, string>) => {
    const server = await startServer({ DATABASE_URL: first.database.url, ...env });
    const { status } = await server.send(secret, '{ viewer { kind } }');
    const warnings = server.log
      .map((line) => JSON.parse(line))
      .filter(({ event }) => event === 'tokens_of_unknown_keys');
    await server.close();
    return { status, warnings };
  };

  it('warns of active JWT app tokens whose key is not configured, and names the key', async () => {
    const { status, warnings } = await startAgain({ JWT_SECRET: NEW });
    const { kid } = JSON.parse(Buffer.from(secret.split('.')[0] ?? '', 'base64url').toString());
    expect(status).toBe(401);
    expect(warnings).toEqual([expect.objectContaining({ level: 40, count: 1, keyIds: [kid] })]);
    expect(warnings[0].msg).toContain('JWT_PREVIOUS_SECRET');
  });

  it.each([
    ['signs', { JWT_SECRET: OLD }],
    ['is the previous one', { JWT_SECRET: NEW, JWT_PREVIOUS_SECRET: OLD }],
  ])('does not warn where their key %s', async (_what, env) => {
    expect(await startAgain(env)).toEqual({ status: 200, warnings: [] });
  });
});
