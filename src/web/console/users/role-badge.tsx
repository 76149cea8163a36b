import { Badge, Text } from '@mantine/core';
import type { Role } from '../../generated.js';

/** The role of a user. Administrators stand out. */
export function RoleBadge({ role }: { role: Role }) {
  return role === 'ADMIN' ? (
    <Badge>Administrator</Badge>
  ) : (
    <Text component="span" inherit c="dimmed">
      User
    </Text>
  );
}
