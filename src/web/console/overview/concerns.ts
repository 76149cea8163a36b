import { SCOPES } from '../../../auth/scope.js';
import type { OverviewQuery } from '../../generated.js';
import { formatNumber } from '../display/format-number.js';
import { isolatedText } from '../display/plain-text.js';
import { isFailing, isStopped } from '../webhooks/webhook-state.js';
import { hostOf } from '../webhooks/webhook-url.js';
import type { ActiveToken, WebhookStatus } from './sources.js';

const DAY_MILLISECONDS = 86_400_000;
const EXPIRING_DAYS = 14;
const UNUSED_DAYS = 90;
const MANY_FAILURES = 10;

/** Something that needs an administrator's attention, with the page to open. */
export interface Concern {
  readonly id: string;
  readonly text: string;
  readonly href: string;
}

/** What needs an administrator's attention, the most urgent first. */
export function concernsOf(
  { failures, reuses }: Pick<OverviewQuery, 'failures' | 'reuses'>,
  { tokens, webhooks }: { tokens: readonly ActiveToken[]; webhooks: readonly WebhookStatus[] },
  now: number,
): Concern[] {
  const since = (at: string) => (now - Date.parse(at)) / DAY_MILLISECONDS;
  const failed = failures?.nodes.filter(({ at }) => since(at) < 1).length ?? 0;
  // If all failures on this page are of the last day, the next page may hold more.
  const isMore = failures?.pageInfo.hasNextPage === true && failed === failures.nodes.length;
  return [
    ...(reuses?.nodes ?? [])
      .filter(({ at }) => since(at) < 7)
      .map(({ id, subject }) => ({
        id,
        text: `A refresh token of ${subject?.username ?? 'a user'} was used twice. It may have been stolen.`,
        href: '/audit?action=REFRESH_TOKEN_REUSED',
      })),
    ...(failed >= MANY_FAILURES
      ? [
          {
            id: 'failures',
            text: `${isMore ? 'At least ' : ''}${formatNumber(failed)} log-ins failed in the last 24 hours.`,
            href: '/audit?action=LOGIN_FAILED',
          },
        ]
      : []),
    ...webhooks.flatMap((webhook) => {
      const text = concernAboutWebhook(webhook);
      return text === undefined ? [] : [{ id: webhook.id, text, href: `/webhooks/${webhook.id}` }];
    }),
    ...tokens.toSorted(byExpiry).flatMap((token) => {
      const text = concernAboutToken(token, since);
      return text === undefined ? [] : [{ id: token.id, text, href: `/tokens/${token.id}` }];
    }),
  ];
}

function byExpiry(one: ActiveToken, other: ActiveToken): number {
  const [end, otherEnd] = [one, other].map(({ expiresAt }) => (expiresAt ? Date.parse(expiresAt) : Number.MAX_VALUE));
  return (end ?? 0) - (otherEnd ?? 0);
}

function concernAboutToken(
  { name, owner, scopes, issuedAt, lastUsedAt, expiresAt }: ActiveToken,
  since: (at: string) => number,
): string | undefined {
  const token = `“${isolatedText(name)}” of ${owner.username}`;
  const leftDays = expiresAt ? Math.ceil(-since(expiresAt)) : Number.POSITIVE_INFINITY;
  if (leftDays <= EXPIRING_DAYS) return `${token} expires within ${leftDays <= 1 ? 'a day' : `${leftDays} days`}.`;
  if (since(lastUsedAt ?? issuedAt) > UNUSED_DAYS) return `${token} has not been used for ${UNUSED_DAYS} days.`;
  if (scopes.length === SCOPES.length) return `${token} has every scope.`;
  return undefined;
}

function concernAboutWebhook(webhook: WebhookStatus): string | undefined {
  const host = hostOf(webhook.url);
  if (isStopped(webhook)) return `The webhook to ${host} is paused. ${webhook.pausedReason ?? ''}`.trimEnd();
  if (!isFailing(webhook)) return undefined;
  return `The last delivery to ${host} failed: ${webhook.lastFailure ?? 'unknown'}.`;
}
