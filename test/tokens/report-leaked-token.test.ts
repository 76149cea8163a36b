import { describe, expect } from 'vitest';
import {
  IssueTokenDocument,
  type IssueTokenInput,
  ReportLeakedTokenDocument,
  ViewerDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';

describe('Mutation.reportLeakedToken', () => {
  it('revokes the token whose secret is sent, without a credential; a second time is no error', async ({ server }) => {
    const token = await server.token(['points:add']);
    for (let time = 0; time < 2; time++) {
      const { status, data } = await server.send(undefined, ReportLeakedTokenDocument, { secret: token.secret });
      expect({ status, data }).toEqual({ status: 200, data: { reportLeakedToken: { received: true } } });
    }
    expect((await server.send(token, ViewerDocument)).errors?.[0]?.extensions['reason']).toBe('TOKEN_REVOKED');
  });

  it('revokes a JWT as well', async ({ server }) => {
    const input: IssueTokenInput = { name: 'j', scopes: ['POINTS_READ'], format: 'JWT' };
    const { secret } = (await server.send(await server.everything(), IssueTokenDocument, { input })).data.issueToken;
    await server.send(undefined, ReportLeakedTokenDocument, { secret });
    expect((await server.send(secret, ViewerDocument)).errors?.[0]?.extensions['reason']).toBe('TOKEN_REVOKED');
  });

  it('gives the same response for a secret that was never issued', async ({ server }) => {
    const { secret } = await server.token(['points:add']);
    for (const unknown of [
      '',
      'x',
      'a.b.c',
      `scrip_app_${'0'.repeat(49)}`,
      `${secret.slice(0, -1)}`,
      'x'.repeat(100_000),
    ]) {
      const { status, data } = await server.send(undefined, ReportLeakedTokenDocument, { secret: unknown });
      expect({ status, data }).toEqual({ status: 200, data: { reportLeakedToken: { received: true } } });
    }
    expect((await server.send(secret, ViewerDocument)).status).toBe(200);
  });

  it('keeps the secret out of the log', async ({ server }) => {
    const { secret } = await server.token(['points:add']);
    await server.send(undefined, ReportLeakedTokenDocument, { secret });
    expect(server.log.join('')).not.toContain(secret);
  });
});
