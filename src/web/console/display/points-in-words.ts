import { formatNumber } from './format-number.js';

/** An amount in a sentence: "1 point" or "1,234 points". */
export function pointsInWords(points: number): string {
  return `${formatNumber(points)} ${points === 1 ? 'point' : 'points'}`;
}
