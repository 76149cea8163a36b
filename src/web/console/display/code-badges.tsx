import { Code, Group, UnstyledButton } from '@mantine/core';
import { useState } from 'react';

/** More would make a row of a list too high. */
const MAX_SHOWN = 3;

/** Scopes, networks and the like: the first few, with a button that shows the rest. */
export function CodeBadges({ texts }: { texts: readonly string[] }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = texts.length > MAX_SHOWN + 1;
  const shown = isLong && !isOpen ? texts.slice(0, MAX_SHOWN) : texts;
  return (
    <Group gap={4} component="span">
      {shown.map((text) => (
        <Code key={text} className="scrip-name">
          {text}
        </Code>
      ))}
      {isLong && (
        <UnstyledButton className="scrip-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Show less' : `${texts.length - MAX_SHOWN} more`}
        </UnstyledButton>
      )}
    </Group>
  );
}
