import { describe, expect, it } from 'vitest';
import { rememberCredentials } from '../../src/auth/known-credentials.js';
import type { AppPrincipal } from '../../src/auth/principal.js';
import { REJECTIONS, type Rejection } from '../../src/auth/rejection.js';

const principal = (tokenId: string, expiresAt: Date | null = null): AppPrincipal => ({
  kind: 'APP',
  tokenId,
  tokenName: 'a token',
  userId: 'a user',
  username: 'ann',
  scopes: ['users:read'],
  storedTerms: '{users:read}',
  restrictions: null,
  expiresAt,
});

/** Credentials of which the database says what a test lets it say; by default that each is good. */
function remember() {
  const answers = new Map<string, AppPrincipal | Rejection>();
  const credentials = rememberCredentials(async (bearer) => answers.get(bearer) ?? principal(bearer), Date.now);
  return { answers, ...credentials };
}

describe('Known credentials', () => {
  it('are those that were verified, as they were verified last', async () => {
    const { answers, verify, recall } = remember();
    expect(recall('a')).toBeUndefined();
    await verify('a');
    expect(recall('a')).toEqual(principal('a'));
    answers.set('a', principal('changed'));
    expect(recall('a')).toEqual(principal('a'));
    await verify('a');
    expect(recall('a')).toEqual(principal('changed'));
  });

  it('are not those that were rejected since', async () => {
    const { answers, verify, recall } = remember();
    await verify('a');
    answers.set('a', REJECTIONS.TOKEN_REVOKED);
    expect(await verify('a')).toEqual(REJECTIONS.TOKEN_REVOKED);
    expect(recall('a')).toBeUndefined();
  });

  it('are not those whose requests the database counts, also once it begins to', async () => {
    const { answers, verify, recall } = remember();
    await verify('a');
    const restrictions = {
      rootId: 'a',
      requestsPerMinute: 5,
      countsDays: false,
      networks: [],
      hasDocuments: false,
    };
    answers.set('a', { ...principal('a'), restrictions });
    await verify('a');
    expect(recall('a')).toBeUndefined();
    answers.set('a', { ...principal('a'), restrictions: { ...restrictions, requestsPerMinute: null } });
    await verify('a');
    expect(recall('a')).toMatchObject({ restrictions: { requestsPerMinute: null } });
  });

  it('are still known after a look-up that failed', async () => {
    let isAway = false;
    const { verify, recall } = rememberCredentials(async (bearer) => {
      if (isAway) throw new Error('connect ECONNREFUSED');
      return principal(bearer);
    }, Date.now);
    await verify('a');
    isAway = true;
    await expect(verify('a')).rejects.toThrow('ECONNREFUSED');
    expect(recall('a')).toEqual(principal('a'));
  });

  it('are not those that have expired by the clock of the node', async () => {
    let now = 1_999;
    const { verify, recall } = rememberCredentials(
      async () => principal('a', new Date(2_000)),
      () => now,
    );
    await verify('a');
    expect(recall('a')).toBeDefined();
    now = 2_000;
    expect(recall('a')).toBeUndefined();
  });

  it('are the 10,000 that were used last', async () => {
    const { verify, recall } = remember();
    await verify('first');
    await verify('second');
    for (let nth = 2; nth < 10_000; nth++) await verify(`token ${nth}`);
    expect(recall('first')).toBeDefined(); // it is used
    await verify('one too many');
    expect(recall('second')).toBeUndefined();
    expect(recall('first')).toBeDefined();
    expect(recall('token 2')).toBeDefined();
  });
});
