import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
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
        <Line>
          Reference{' '}
          <Name href={`/points?reference=${encodeURIComponent(reference)}`} isInline>
            {reference}
          </Name>
        </Line>
      )}
      {by && (
        <Line>
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
        </Line>
      )}
    </>
  );
}

/** Words and names, each cut off where it is longer than the line. */
function Line({ children }: { children: ReactNode }) {
  return (
    <Group gap="0 4px" fz="xs" c="dimmed">
      {children}
    </Group>
  );
}
