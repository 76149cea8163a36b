import { Text, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import { plainText } from './plain-text.js';

/** About three lines of a list. */
const SHORT_CHARACTERS = 120;

/** A user's text in a list: up to three lines, with a button that shows the rest. */
export function LongText({ children, size = 'sm' }: { children: string; size?: 'xs' | 'sm' }) {
  const [isOpen, setOpen] = useState(false);
  const isLong = children.length > SHORT_CHARACTERS || children.split('\n').length > 3;
  return (
    <>
      <Text size={size} {...(size === 'xs' && { c: 'dimmed' })} className="scrip-long-text" component="div">
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
