import { formatNumber } from '../display/format-number.js';

/** The largest amount of points: the largest integer that JavaScript represents exactly. */
export const MAX_POINTS = Number.MAX_SAFE_INTEGER;

/** Formats a sum. The API returns null for one above {@link MAX_POINTS}. */
export function formatSum(points: number | null | undefined): string {
  return points == null ? `Over ${formatNumber(MAX_POINTS)}` : formatNumber(points);
}
