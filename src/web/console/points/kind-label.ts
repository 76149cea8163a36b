import type { PointsEntryKind } from '../../generated.js';

const LABELS = {
  ADD: 'Added',
  SPEND: 'Spent',
  REVERSAL: 'Reversed',
  TRANSFER_OUT: 'Given',
  TRANSFER_IN: 'Received',
};

/** The label of a kind of entries. */
export function kindLabel(kind: PointsEntryKind): string {
  return LABELS[kind];
}
