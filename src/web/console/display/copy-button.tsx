import { CopyButton as MantineCopyButton } from '@mantine/core';
import type { ReactNode } from 'react';

interface CopyButtonProps {
  /** The text to copy. */
  value: string;
  /** Renders the button; `copied` is true for three seconds after a click. */
  children: (state: { copied: boolean; copy: () => void }) => ReactNode;
}

/** A button that copies text. Not shown over plain HTTP: browsers offer the clipboard only in secure contexts. */
export function CopyButton({ value, children }: CopyButtonProps) {
  if (!window.isSecureContext) return null;
  return (
    <MantineCopyButton value={value} timeout={3_000}>
      {children}
    </MantineCopyButton>
  );
}
