import { Anchor, Text, type TextProps } from '@mantine/core';
import { Link } from 'wouter';
import { plainText } from './plain-text.js';

interface NameProps extends Pick<TextProps, 'fw'> {
  children: string;
  /** The page with the full name. */
  href: string;
  /** Whether the name is part of a sentence, whose size it takes. */
  isInline?: boolean;
}

/** A name that links to its page, cut off after two lines. */
export function Name({ children, href, fw, isInline = false }: NameProps) {
  return (
    <Anchor
      component={Link}
      href={href}
      {...(isInline ? { inherit: true } : { size: 'sm' })}
      className="scrip-clamped"
      {...(isInline && { 'data-inline': true })}
      {...(fw !== undefined && { fw })}
    >
      <bdi>{plainText(children)}</bdi>
    </Anchor>
  );
}

/** Secondary text in a list, isolated from the direction of the text around it. */
export function Detail({ children }: { children: string }) {
  return (
    <Text size="xs" c="dimmed" className="scrip-name">
      <bdi>{plainText(children)}</bdi>
    </Text>
  );
}
