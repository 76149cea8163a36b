import { Code, Group, UnstyledButton } from '@mantine/core';
import { useState } from 'react';

/** So many that a row stays a row. */
const MAX_SHOWN = 3;

/** Scopes, as they read outside GraphQL; a button shows those after the first few. */
export function ScopeBadges({ scopes }: { scopes: readonly string[] }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = scopes.length > MAX_SHOWN + 1;
  const shown = isLong && !isOpen ? scopes.slice(0, MAX_SHOWN) : scopes;
  return (
    <Group gap={4} component="span">
      {shown.map((scope) => (
        <Code key={scope}>{scope}</Code>
      ))}
      {isLong && (
        <UnstyledButton className="scrip-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Show less' : `${scopes.length - MAX_SHOWN} more`}
        </UnstyledButton>
      )}
    </Group>
  );
}
