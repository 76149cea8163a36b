import { Paper, Text } from '@mantine/core';
import { Link } from 'wouter';
import { Amount } from './amount.js';
import { Loading } from './loading.js';

/** In characters. A longer number is set in smaller type. */
const MAX_LARGE_CHARACTERS = 11;

interface StatisticProps {
  label: string;
  /** null: the request failed; undefined: still loading. */
  value: string | null | undefined;
  /** The page with details. */
  href?: string;
}

/** A number with its label. */
export function Statistic({ label, value, href }: StatisticProps) {
  const isLong = (value?.length ?? 0) > MAX_LARGE_CHARACTERS;
  const text = (
    <>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fz={isLong ? { base: 16, sm: 18 } : { base: 18, sm: 24 }} fw={600} lh={1.3} component="div">
        {value === undefined ? <Loading h={24} my={4} w="60%" /> : <Amount>{value ?? 'Unknown'}</Amount>}
      </Text>
    </>
  );
  return href === undefined ? (
    <Paper withBorder p="md">
      {text}
    </Paper>
  ) : (
    <Paper withBorder p="md" component={Link} href={href} className="scrip-statistic">
      {text}
    </Paper>
  );
}
