import { Text } from '@mantine/core';
import type { WebhookProgressFragment } from '../../generated.js';
import { Timestamp } from '../display/timestamp.js';

interface FailureLineProps {
  webhook: Pick<WebhookProgressFragment, 'lastFailureAt' | 'lastFailure' | 'nextAttemptAt'>;
  /** Whether the line says what it tells. */
  isLabelled?: boolean;
}

/** How and when an attempt last failed; nothing if none did. */
export function LastFailure({ webhook: { lastFailureAt, lastFailure }, isLabelled = false }: FailureLineProps) {
  if (lastFailureAt === null) return null;
  return (
    <>
      <Text inherit component="div" className="scrip-name">
        {isLabelled && 'Last failure: '}
        {lastFailure ?? 'unknown'}
        {isLabelled && ', '}
        {isLabelled && <Timestamp at={lastFailureAt} isInline />}
      </Text>
      {!isLabelled && <Timestamp at={lastFailureAt} />}
    </>
  );
}

/** When what failed is sent again; nothing if nothing waits. */
export function NextAttempt({ webhook: { nextAttemptAt } }: FailureLineProps) {
  if (nextAttemptAt === null) return null;
  return (
    <Text size="xs" c="dimmed" component="div">
      Next attempt <Timestamp at={nextAttemptAt} isInline />
    </Text>
  );
}
