import type { PointsEntryFilter, PointsEntryKind } from '../../generated.js';
import { addDays, isDay, type Period, rangeOf } from '../lists/period.js';

/** The server searches by kind and token in at most 31 days. A day less leaves room for the change to summer time. */
const MAX_DAYS = 30;

/** The kinds of entries, as the server names them. */
export const KINDS: readonly PointsEntryKind[] = ['ADD', 'SPEND', 'REVERSAL', 'TRANSFER_OUT', 'TRANSFER_IN'];

/** What the ledger is searched for. */
export interface LedgerSearch {
  /** Empty: any. */
  readonly reference: string;
  readonly kind: PointsEntryKind | undefined;
  /** The id of a token. */
  readonly token: string | undefined;
  readonly period: Period;
}

/**
 * Reads a search from the parameters of a URL. A search by kind or token without a reference gets a period, since the
 * server requires one.
 *
 * @param today the current day, `2026-11-28`.
 */
export function readSearch(get: (name: string) => string | null, today: string): LedgerSearch {
  const reference = get('reference') ?? '';
  const kind = KINDS.find((candidate) => candidate === get('kind'));
  const token = get('token') || undefined;
  const [from, to] = ['from', 'to'].map((name) => get(name) ?? '').map((day) => (isDay(day) ? day : ''));
  const period = { from: from ?? '', to: to ?? '' };
  const search = { reference, kind, token, period };
  return needsPeriod(search) ? { ...search, period: closedPeriod(period, today) } : search;
}

/** Why a search cannot be sent to the server; null: it can. */
export function searchFault(search: LedgerSearch): string | null {
  const { from, to } = search.period;
  if (from !== '' && to !== '' && to < from) return 'The last day is before the first day.';
  return needsPeriod(search) && addDays(from, MAX_DAYS) <= to
    ? `Choose at most ${MAX_DAYS} days to search by kind or token, or search by a reference.`
    : null;
}

/** The filter of a search; undefined: it matches every entry. */
export function toFilter({ reference, kind, token, period }: LedgerSearch): PointsEntryFilter | undefined {
  const filter: PointsEntryFilter = {
    ...(reference !== '' && { reference }),
    ...(kind && { kinds: [kind] }),
    ...(token !== undefined && { token }),
    ...rangeOf(period),
  };
  return Object.keys(filter).length === 0 ? undefined : filter;
}

function needsPeriod({ reference, kind, token }: LedgerSearch): boolean {
  return reference === '' && (kind !== undefined || token !== undefined);
}

/** The period with both ends, the latest days if it has none. */
function closedPeriod({ from, to }: Period, today: string): Period {
  if (from !== '') return { from, to: to || addDays(from, MAX_DAYS - 1) };
  const end = to || today;
  return { from: addDays(end, 1 - MAX_DAYS), to: end };
}
