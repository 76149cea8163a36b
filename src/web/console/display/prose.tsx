import { Text, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { plainText } from './plain-text.js';

/** So many characters fit three lines of a list nearly everywhere. */
const SHORT_CHARACTERS = 120;

/** Text of a user in a list: three lines at most, and the rest on request. */
export function Prose({ children, size = 'sm' }: { children: string; size?: 'xs' | 'sm' }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = children.length > SHORT_CHARACTERS || children.split('\n').length > 3;
  return (
    <>
      <Text size={size} {...(size === 'xs' && { c: 'dimmed' })} className="scrip-prose" component="div">
        <bdi data-clamped={isLong && !isOpen}>{plainText(children)}</bdi>
      </Text>
      {isLong && (
        <UnstyledButton className="scrip-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {isOpen ? 'Show less' : 'Show more'}
        </UnstyledButton>
      )}
    </>
  );
}
