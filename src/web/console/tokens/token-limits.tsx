import { Progress, Text } from '@mantine/core';
import type { LimitsFragment, TokenUsageQuery } from '../../generated.js';
import { FactRow, FactTable } from '../display/fact-table.js';
import { formatNumber } from '../display/format-number.js';
import { Timestamp } from '../display/timestamp.js';
import { type GivenLimit, givenLimits, percentOf, type Usage, usageOf } from './limits.js';

/** In percent. From here on a meter takes a colour. */
const NEARLY_USED = 80;

interface TokenLimitsProps {
  limits: LimitsFragment;
  today: NonNullable<TokenUsageQuery['token']>['today'] | undefined;
}

/** The limits of a token, each with its maximum, and with a meter where it counts the changes of today. */
export function TokenLimits({ limits, today }: TokenLimitsProps) {
  return (
    <FactTable label="Limits">
      {givenLimits(limits).map((limit) => (
        <FactRow key={limit.key} label={limit.label}>
          <LimitValue limit={limit} usage={usageOf(limit.key, today)} />
        </FactRow>
      ))}
    </FactTable>
  );
}

function LimitValue({ limit: { label, value, isMetered }, usage }: { limit: GivenLimit; usage: Usage | undefined }) {
  if (!isMetered) return <>{`At most ${formatNumber(value)}`}</>;
  const percent = usage === undefined ? 0 : percentOf(usage.used, value);
  const words = wordsOf(value, usage);
  return (
    <>
      <Text size="sm" component="div">
        {words}
      </Text>
      <Progress.Root
        my={6}
        size="sm"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={words}
      >
        <Progress.Section value={percent} withAria={false} color={colorOf(percent)} />
      </Progress.Root>
      <Text size="xs" c="dimmed" component="div">
        Resets {usage === undefined ? 'at midnight UTC' : <Timestamp at={usage.resetsAt} isInline />}
      </Text>
    </>
  );
}

function wordsOf(max: number, usage: Usage | undefined): string {
  if (usage === undefined) return `At most ${formatNumber(max)}`;
  return `${usage.used === null ? 'All' : formatNumber(usage.used)} of ${formatNumber(max)} used today`;
}

function colorOf(percent: number): string {
  if (percent >= 100) return 'red.7';
  return percent >= NEARLY_USED ? 'orange.6' : 'green.7';
}
