import { Text } from '@mantine/core';
import type { EntryRowFragment } from '../../generated.js';
import { exactTime } from '../display/exact-time.js';
import { Timestamp } from '../display/timestamp.js';

interface EntryTimeProps {
  entry: Pick<EntryRowFragment, 'createdAt' | 'recordedAt'>;
  /** As in {@link Timestamp}. */
  isInline?: boolean;
}

/** When a change was made, and when it was written here if it was imported. */
export function EntryTime({ entry: { createdAt, recordedAt }, isInline = false }: EntryTimeProps) {
  return (
    <>
      <Timestamp at={createdAt} isInline={isInline} />
      {createdAt !== recordedAt && (
        <Text size="xs" c="dimmed" component="div">
          Recorded <time dateTime={recordedAt}>{exactTime(recordedAt)}</time>
        </Text>
      )}
    </>
  );
}
