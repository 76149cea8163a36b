import { Checkbox, Code, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import type { WebhookEvent } from '../../generated.js';
import { useHeldScopes } from '../scopes/use-held-scopes.js';
import { EVENTS } from './events.js';

interface EventFieldProps {
  value?: WebhookEvent[];
  onChange?: (events: WebhookEvent[]) => void;
  error?: ReactNode;
}

/** Check boxes for the events of a webhook. Those whose scope the caller does not hold cannot be chosen. */
export function EventField({ value = [], onChange, error }: EventFieldProps) {
  const held = useHeldScopes();
  return (
    <Checkbox.Group
      label="Events"
      error={error}
      value={value}
      // In the order of the schema, in which the server returns them.
      onChange={(chosen) => onChange?.(EVENTS.map((event) => event.value).filter((event) => chosen.includes(event)))}
    >
      <Stack gap="xs" mt="xs" mb={error ? 'xs' : 0}>
        {EVENTS.map(({ value: event, type, description, scope }, index) => (
          <Checkbox
            key={event}
            value={event}
            size="sm"
            disabled={!held.has(scope)}
            data-path={index === 0 ? 'events' : undefined}
            label={<Code>{type}</Code>}
            description={`${description} Needs ${scope}.`}
          />
        ))}
      </Stack>
    </Checkbox.Group>
  );
}
