import { SCOPES } from '../../../auth/scope.js';
import type { OverviewQuery } from '../../generated.js';
import { count } from '../reading/count.js';

const DAY_MILLISECONDS = 86_400_000;
const EXPIRING_DAYS = 14;
const UNUSED_DAYS = 90;
const MANY_FAILURES = 10;

/** Something that an administrator should look at, and where. */
export interface Concern {
  readonly id: string;
  readonly text: string;
  readonly href: string;
}

type Token = NonNullable<OverviewQuery['tokens']>['nodes'][number];

/** What deserves a look, the most pressing first. */
export function concernsOf({ tokens, failures, reuses }: OverviewQuery, now: number): Concern[] {
  const since = (at: string) => (now - Date.parse(at)) / DAY_MILLISECONDS;
  const failed = failures?.nodes.filter(({ at }) => since(at) < 1).length ?? 0;
  const active = tokens?.nodes ?? [];
  return [
    ...(reuses?.nodes ?? [])
      .filter(({ at }) => since(at) < 7)
      .map(({ id, subject }) => ({
        id,
        text: `Somebody used an old refresh token of ${subject?.username ?? 'a user'}: there may be a copy of it.`,
        href: '/audit?action=REFRESH_TOKEN_REUSED',
      })),
    ...(failed >= MANY_FAILURES
      ? [{ id: 'failures', text: `${count(failed)} log-ins failed within a day.`, href: '/audit?action=LOGIN_FAILED' }]
      : []),
    ...active.toSorted(byExpiry).flatMap((token) => {
      const text = concernAbout(token, since);
      return text === undefined ? [] : [{ id: token.id, text, href: `/tokens?owner=${token.owner.username}` }];
    }),
  ];
}

function byExpiry(one: Token, other: Token): number {
  const [end, otherEnd] = [one, other].map(({ expiresAt }) => (expiresAt ? Date.parse(expiresAt) : Number.MAX_VALUE));
  return (end ?? 0) - (otherEnd ?? 0);
}

function concernAbout({ name, scopes, issuedAt, lastUsedAt, expiresAt }: Token, since: (at: string) => number) {
  const leftDays = expiresAt ? Math.ceil(-since(expiresAt)) : Number.POSITIVE_INFINITY;
  if (leftDays <= EXPIRING_DAYS) return `“${name}” expires within ${leftDays === 1 ? 'a day' : `${leftDays} days`}.`;
  if (since(lastUsedAt ?? issuedAt) > UNUSED_DAYS) return `“${name}” has not been used for ${UNUSED_DAYS} days.`;
  if (scopes.length === SCOPES.length) return `“${name}” may do everything.`;
  return undefined;
}
