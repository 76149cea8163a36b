import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** Characters of a title that would take several lines in large print. */
const LONG_TITLE = 30;

interface PageProps {
  title: string;
  /** What the page is for, in a sentence. */
  description?: ReactNode;
  /** What can be done here, beside the title. */
  actions?: ReactNode;
  children?: ReactNode;
}

/** A page: its title, which the browser's tab and a screen reader get as well, and what it holds. */
export function Page({ title, description, actions, children }: PageProps) {
  return (
    <Stack gap="lg">
      <title>{`${title} · Scrip`}</title>
      <Group justify="space-between" align="flex-start">
        <div className="scrip-heading">
          <Title order={1} size={title.length > LONG_TITLE ? 'h4' : 'h2'} id="page-title">
            {title}
          </Title>
          {description && (
            <Text c="dimmed" component="div">
              {description}
            </Text>
          )}
        </div>
        {actions && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Stack>
  );
}
