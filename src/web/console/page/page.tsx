import { Group, Stack, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

/** In characters. A longer title is set in smaller type. */
const LONG_TITLE = 30;

interface PageProps {
  title: string;
  /** The purpose of the page, in a sentence. */
  description?: ReactNode;
  /** Buttons beside the title. */
  actions?: ReactNode;
  children?: ReactNode;
}

/** A page with its heading. The title is also that of the browser tab. */
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
