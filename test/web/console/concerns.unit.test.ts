import { describe, expect, it } from 'vitest';
import { concernsOf } from '../../../src/web/console/overview/concerns.js';
import type { ActiveToken } from '../../../src/web/console/overview/use-active-tokens.js';

const NOW = Date.parse('2026-06-01T00:00:00Z');
const daysFromNow = (days: number) => new Date(NOW + days * 86_400_000).toISOString();
const QUIET = { failures: null, reuses: null };

const token = (id: string, changes: Partial<ActiveToken> = {}): ActiveToken => ({
  id,
  name: id,
  scopes: ['USERS_READ'],
  owner: { username: 'bob' },
  issuedAt: daysFromNow(-1),
  lastUsedAt: null,
  expiresAt: null,
  ...changes,
});

const failures = (count: number, hasNextPage: boolean) => ({
  failures: {
    nodes: Array.from({ length: count }, (_, id) => ({ id: String(id), at: daysFromNow(-0.5) })),
    pageInfo: { hasNextPage },
  },
  reuses: null,
});

describe('What needs attention', () => {
  it('is nothing about a token that is used and lasts', () => {
    expect(concernsOf(QUIET, [token('a'), token('b', { expiresAt: daysFromNow(15) })], NOW)).toEqual([]);
  });

  it('is the token that expires first, before all others', () => {
    const tokens = [
      token('unused', { issuedAt: daysFromNow(-91) }),
      token('later', { expiresAt: daysFromNow(2) }),
      token('first', { expiresAt: daysFromNow(0.2) }),
    ];
    expect(concernsOf(QUIET, tokens, NOW).map(({ text, href }) => `${href}: ${text}`)).toEqual([
      '/tokens/first: “\u2068first\u2069” of bob expires within a day.',
      '/tokens/later: “\u2068later\u2069” of bob expires within 2 days.',
      '/tokens/unused: “\u2068unused\u2069” of bob has not been used for 90 days.',
    ]);
  });

  it('counts failed log-ins of the last 24 hours, and says where it does not count all', () => {
    const textOf = (log: ReturnType<typeof failures>) => concernsOf(log, [], NOW).map(({ text }) => text);
    expect(textOf(failures(9, false))).toEqual([]);
    expect(textOf(failures(100, false))).toEqual(['100 log-ins failed in the last 24 hours.']);
    expect(textOf(failures(100, true))).toEqual(['At least 100 log-ins failed in the last 24 hours.']);
  });
});
