import { Code, Group, UnstyledButton } from '@mantine/core';
import { useState } from 'react';

/** More would make a row of a list too high. */
const MAX_SHOWN = 3;

/** Scopes such as `points:add`: the first few, with a button that shows the rest. */
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
