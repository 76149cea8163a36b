import { Text } from '@mantine/core';

/** Text in place of a value that is missing, such as "Never". */
export function Dimmed({ children }: { children: string }) {
  return (
    <Text component="span" size="sm" c="dimmed">
      {children}
    </Text>
  );
}
