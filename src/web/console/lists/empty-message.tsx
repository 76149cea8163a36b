import { EmptyState } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';

interface EmptyMessageProps {
  icon: LucideIcon;
  title: string;
  description: ReactNode;
  /** Buttons. */
  children?: ReactNode;
}

/** Shown in place of an empty list. */
export function EmptyMessage({ icon: Icon, title, description, children }: EmptyMessageProps) {
  return (
    <EmptyState
      py="xl"
      icon={<Icon aria-hidden strokeWidth={1.5} />}
      withIndicatorBackground
      title={title}
      description={description}
    >
      {children && <EmptyState.Actions>{children}</EmptyState.Actions>}
    </EmptyState>
  );
}
