import { BadUserInput } from '../errors.js';
import { parseId, parseText } from '../input.js';
import { parseUserRef, type UserRef } from '../users/user.js';
import { DAY_MS } from './day.js';
import type { Entry } from './entry.js';
import { REFERENCE } from './limits.js';

/** Selects the entries that match every field that is set. */
export interface EntryFilter {
  /** Each once, sorted. */
  readonly kinds?: readonly Entry['kind'][] | undefined;
  readonly since?: Date | undefined;
  /** The time before which the entries are. */
  readonly until?: Date | undefined;
  readonly tokenId?: string | undefined;
  /** Who made the change. */
  readonly ownerId?: string | undefined;
  readonly reference?: string | undefined;
}

/** A filter as it is given; the user is not looked up yet. */
export interface RequestedFilter extends Omit<EntryFilter, 'ownerId'> {
  readonly by: UserRef | undefined;
}

/** The input `PointsEntryFilter`. */
interface GivenFilter {
  readonly kinds?: readonly Entry['kind'][] | null;
  readonly since?: Date | null;
  readonly until?: Date | null;
  readonly token?: string | null;
  readonly by?: Parameters<typeof parseUserRef>[1] | null;
  readonly reference?: string | null;
}

/** @throws BadUserInput naming the field of `filter`. */
export function parseEntryFilter(given: GivenFilter): RequestedFilter {
  const { kinds, token, by, reference } = given;
  if (kinds?.length === 0) throw new BadUserInput('filter.kinds', 'Give at least one kind, or leave `kinds` out.');
  const [since, until] = [given.since ?? undefined, given.until ?? undefined];
  if (since !== undefined && until !== undefined && since > until) {
    throw new BadUserInput('filter.until', '`until` must not be before `since`.');
  }
  return {
    kinds: kinds == null ? undefined : [...new Set(kinds)].sort(),
    since,
    until,
    tokenId: token == null ? undefined : parseId(token),
    by: by == null ? undefined : parseUserRef('filter.by', by),
    reference: reference == null ? undefined : parseText('filter.reference', reference, REFERENCE),
  };
}

const MAX_PERIOD_DAYS = 31;

/**
 * Refuses a filter of all users' entries that no index serves: their kind, token and maker are searched for in a short
 * period, or among the entries with a reference.
 *
 * @throws BadUserInput naming the field of `filter`.
 */
export function refuseUnindexed({ kinds, tokenId, by, reference, since, until }: RequestedFilter): void {
  const [field] = Object.entries({ kinds, token: tokenId, by }).find(([, value]) => value !== undefined) ?? [];
  if (field === undefined || reference !== undefined) return;
  const days = since === undefined || until === undefined ? Infinity : (until.getTime() - since.getTime()) / DAY_MS;
  if (days <= MAX_PERIOD_DAYS) return;
  throw new BadUserInput(
    `filter.${field}`,
    `\`${field}\` requires \`reference\`, or \`since\` and \`until\` at most ${MAX_PERIOD_DAYS} days apart. Add one of them.`,
  );
}

/** Whether entries must be searched one by one for the filter: it selects by more than their order of time. */
export function isSearch({ kinds, tokenId, ownerId }: EntryFilter): boolean {
  return kinds !== undefined || tokenId !== undefined || ownerId !== undefined;
}
