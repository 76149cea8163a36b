import { Group } from '@mantine/core';
import type { ReactNode } from 'react';

/** Words and names, each cut off where it is longer than the line. */
export function Line({ children }: { children: ReactNode }) {
  return (
    <Group gap="0 4px" fz="xs" c="dimmed">
      {children}
    </Group>
  );
}
