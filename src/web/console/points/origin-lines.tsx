import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import { Name } from '../display/name.js';

/** Words and names, each cut off where it is longer than the line. */
export function Line({ children }: { children: ReactNode }) {
  return (
    <Group gap="0 4px" fz="xs" c="dimmed">
      {children}
    </Group>
  );
}

interface MadeByProps {
  by: { readonly id: string; readonly username: string } | null;
  token: { readonly id: string; readonly name: string } | null;
}

/** Who made a change, and with which token. */
export function MadeBy({ by, token }: MadeByProps) {
  if (!by) return null;
  return (
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
  );
}
