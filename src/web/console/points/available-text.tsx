import { Text } from '@mantine/core';
import { formatNumber } from '../display/format-number.js';

/** The balance of a user as a dialog shows it. A field that could not be read is null. */
export interface Balance {
  readonly points?: number | null;
  readonly pointsAvailable?: number | null;
}

/** What a user has, and how much of it is available where some is reserved. */
export function AvailableText({ balance: { points, pointsAvailable } }: { balance: Balance }) {
  if (points == null) return null;
  const reserved = pointsAvailable == null ? 0 : points - pointsAvailable;
  return (
    <Text size="sm" c="dimmed" className="scrip-name">
      Current balance: {formatNumber(points)}
      {reserved > 0 && ` (${formatNumber(reserved)} reserved, ${formatNumber(points - reserved)} available)`}
    </Text>
  );
}
