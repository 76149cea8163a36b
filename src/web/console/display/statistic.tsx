import { Paper, Skeleton, Text } from '@mantine/core';
import { Link } from 'wouter';
import { Amount } from './amount.js';

/** A longer number is set in smaller type. */
const MAX_LARGE_CHARACTERS = 11;

interface StatisticProps {
  label: string;
  /** What it comes to; null: it could not be read; undefined: not yet. */
  value: string | null | undefined;
  /** Where there is more about it. */
  href?: string;
}

/** One number that matters. */
export function Statistic({ label, value, href }: StatisticProps) {
  const isLong = (value?.length ?? 0) > MAX_LARGE_CHARACTERS;
  const text = (
    <>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fz={isLong ? { base: 16, sm: 18 } : { base: 18, sm: 24 }} fw={600} lh={1.3} component="div">
        {value === undefined ? (
          <Skeleton h={24} my={4} w="60%" role="status" aria-label="Loading" />
        ) : (
          <Amount>{value ?? 'Unknown'}</Amount>
        )}
      </Text>
    </>
  );
  return href === undefined ? (
    <Paper withBorder p="md">
      {text}
    </Paper>
  ) : (
    <Paper withBorder p="md" component={Link} href={href} className="scrip-figure">
      {text}
    </Paper>
  );
}
