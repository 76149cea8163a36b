import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';

const REPORT = 'mutation ($secret: String!) { reportLeakedToken(input: { secret: $secret }) { received } }';

const VIEWER = '{ viewer { kind } }';

describe('Mutation.reportLeakedToken', () => {
  it('revokes the token whose secret is sent, without a credential; twice is no error', async ({ server }) => {
    const token = await server.token(['points:add']);
    for (let time = 0; time < 2; time++) {
      const { status, data } = await server.send(undefined, REPORT, { secret: token.secret });
      expect({ status, data }).toEqual({ status: 200, data: { reportLeakedToken: { received: true } } });
    }
    expect((await server.send(token, VIEWER)).errors?.[0]?.extensions['reason']).toBe('TOKEN_REVOKED');
  });

  it('revokes a signed token, too', async ({ server }) => {
    const issue = 'mutation { issueToken(input: { name: "j", scopes: [POINTS_READ], format: JWT }) { secret } }';
    const { secret } = (await server.send(await server.everything(), issue)).data.issueToken;
    await server.send(undefined, REPORT, { secret });
    expect((await server.send(secret, VIEWER)).errors?.[0]?.extensions['reason']).toBe('TOKEN_REVOKED');
  });

  it('answers alike for a secret that was never issued', async ({ server }) => {
    const { secret } = await server.token(['points:add']);
    for (const unknown of [
      '',
      'x',
      'a.b.c',
      `scrip_app_${'0'.repeat(49)}`,
      `${secret.slice(0, -1)}`,
      'x'.repeat(100_000),
    ]) {
      const { status, data } = await server.send(undefined, REPORT, { secret: unknown });
      expect({ status, data }).toEqual({ status: 200, data: { reportLeakedToken: { received: true } } });
    }
    expect((await server.send(secret, VIEWER)).status).toBe(200);
  });

  it('keeps the secret out of the log', async ({ server }) => {
    const { secret } = await server.token(['points:add']);
    await server.send(undefined, REPORT, { secret });
    expect(server.log.join('')).not.toContain(secret);
  });
});
