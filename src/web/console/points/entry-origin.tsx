import { Text } from '@mantine/core';
import type { EntryRowFragment } from '../../generated.js';
import { LongText } from '../display/long-text.js';
import { Detail, Name } from '../display/name.js';

/** Why an entry was written, what it belongs to in another system, who made the change and with which token. */
export function EntryOrigin({ entry, size = 'sm' }: { entry: EntryRowFragment; size?: 'xs' | 'sm' }) {
  const { reason, reverses, reversedBy, reference, by, token } = entry;
  const text = reason ?? (reverses ? `Reverses entry ${reverses.sequence}` : '');
  return (
    <>
      {text && <LongText size={size}>{text}</LongText>}
      {reversedBy && <Detail>{`Reversed by entry ${reversedBy.sequence}`}</Detail>}
      {reference != null && (
        <Text size="xs" c="dimmed" component="div">
          Reference{' '}
          <Name href={`/points?reference=${encodeURIComponent(reference)}`} isInline>
            {reference}
          </Name>
        </Text>
      )}
      {by && (
        <Text size="xs" c="dimmed" component="div">
          By{' '}
          <Name href={`/users/${by.id}`} isInline>
            {by.username}
          </Name>
          {token && (
            <>
              {' '}
              with{' '}
              <Name href={`/tokens/${token.id}`} isInline>
                {token.name}
              </Name>
            </>
          )}
        </Text>
      )}
    </>
  );
}
