import { describe, expect, it } from 'vitest';
import { concernsOf } from '../../../src/web/console/overview/concerns.js';
import type { ActiveToken, WebhookStatus } from '../../../src/web/console/overview/sources.js';

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

const webhook = (id: string, changes: Partial<WebhookStatus>): WebhookStatus => ({
  id,
  url: `https://${id}.example.com/scrip?key=1`,
  state: 'ACTIVE',
  pausedBecause: null,
  pausedReason: null,
  lastDeliveredAt: null,
  lastFailureAt: null,
  lastFailure: null,
  ...changes,
});

const of = (tokens: readonly ActiveToken[] = [], webhooks: readonly WebhookStatus[] = []) => ({ tokens, webhooks });

const failures = (count: number, hasNextPage: boolean, days = -0.5) => ({
  failures: {
    nodes: Array.from({ length: count }, (_, id) => ({ id: String(id), at: daysFromNow(days) })),
    pageInfo: { hasNextPage },
  },
  reuses: null,
});

describe('What needs attention', () => {
  it('does not include a new token that does not expire soon', () => {
    expect(concernsOf(QUIET, of([token('a'), token('b', { expiresAt: daysFromNow(15) })]), NOW)).toEqual([]);
  });

  it('includes tokens by their expiry, then those that are unused', () => {
    const tokens = [
      token('unused', { issuedAt: daysFromNow(-91) }),
      token('later', { expiresAt: daysFromNow(2) }),
      token('first', { expiresAt: daysFromNow(0.2) }),
    ];
    expect(concernsOf(QUIET, of(tokens), NOW).map(({ text, href }) => `${href}: ${text}`)).toEqual([
      '/tokens/first: “\u2068first\u2069” of bob expires within a day.',
      '/tokens/later: “\u2068later\u2069” of bob expires within 2 days.',
      '/tokens/unused: “\u2068unused\u2069” of bob has not been used for 90 days.',
    ]);
  });

  it('includes a webhook that is paused without a request, and one whose last attempt failed, before tokens', () => {
    const webhooks = [
      webhook('requested', { state: 'PAUSED', pausedBecause: 'REQUESTED', pausedReason: 'It was paused by ada.' }),
      webhook('stopped', {
        state: 'PAUSED',
        pausedBecause: 'GONE',
        pausedReason: 'The receiver responded with HTTP 410.',
      }),
      webhook('recovered', {
        lastFailureAt: daysFromNow(-2),
        lastFailure: 'HTTP 500',
        lastDeliveredAt: daysFromNow(-1),
      }),
      webhook('failing', { lastFailureAt: daysFromNow(-1), lastFailure: 'HTTP 503', lastDeliveredAt: daysFromNow(-2) }),
      webhook('new', {}),
    ];
    const concerns = concernsOf(QUIET, of([token('ending', { expiresAt: daysFromNow(0.2) })], webhooks), NOW);
    expect(concerns.map(({ text, href }) => `${href}: ${text}`)).toEqual([
      '/webhooks/stopped: The webhook to stopped.example.com is paused. The receiver responded with HTTP 410.',
      '/webhooks/failing: The last delivery to failing.example.com failed: HTTP 503.',
      '/tokens/ending: “\u2068ending\u2069” of bob expires within a day.',
    ]);
  });

  it('includes a refresh token that was used twice in the last seven days', () => {
    const reuse = (id: string, days: number) => ({ id, at: daysFromNow(days), subject: { username: 'bob' } });
    const reuses = { nodes: [reuse('new', -6), reuse('old', -8)] };
    expect(concernsOf({ ...QUIET, reuses }, of(), NOW)).toEqual([
      {
        id: 'new',
        text: 'A refresh token of bob was used twice. It may have been stolen.',
        href: '/audit?action=REFRESH_TOKEN_REUSED',
      },
    ]);
  });

  it('includes the number of failed log-ins of the last 24 hours, and says if there may be more', () => {
    const textOf = (log: ReturnType<typeof failures>) => concernsOf(log, of(), NOW).map(({ text }) => text);
    expect(textOf(failures(9, false))).toEqual([]);
    expect(textOf(failures(100, false, -1.5))).toEqual([]);
    expect(textOf(failures(100, false))).toEqual(['100 log-ins failed in the last 24 hours.']);
    expect(textOf(failures(100, true))).toEqual(['At least 100 log-ins failed in the last 24 hours.']);
  });
});
