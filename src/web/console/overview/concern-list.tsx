import { Anchor, Button, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { OverviewQuery } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { formatNumber } from '../display/format-number.js';
import { type Concern, concernsOf } from './concerns.js';
import { type ActiveTokens, useActiveTokens } from './use-active-tokens.js';

const MAX_SHOWN = 5;

/** What needs the administrator's attention, or that nothing does. */
export function ConcernList({ data }: { data: OverviewQuery }) {
  const total = data.tokens?.totalCount;
  const active = useActiveTokens(total);
  if (active.kind === 'FAILED') return <ErrorAlert error={active.error} />;
  const concerns = concernsOf(data, active.tokens, Date.now());
  const note = noteOn(active, total ?? 0);
  if (concerns.length > 0) return <Concerns concerns={concerns} note={note} />;
  return (
    <Paper withBorder p="md" role="status">
      <Group gap="sm" wrap="nowrap">
        {active.kind === 'READING' && <Loader size={18} aria-hidden />}
        {active.kind === 'COMPLETE' && <CircleCheck size={18} aria-hidden color="var(--mantine-color-green-6)" />}
        <Text size="sm">{note ?? 'Nothing needs your attention.'}</Text>
      </Group>
    </Paper>
  );
}

/** What the list does not cover yet; undefined: it is complete. */
function noteOn({ kind, tokens }: Exclude<ActiveTokens, { kind: 'FAILED' }>, total: number): string | undefined {
  switch (kind) {
    case 'READING':
      return `Checking ${formatNumber(total)} active tokens…`;
    case 'PARTIAL':
      return `Only the newest ${formatNumber(tokens.length)} of ${formatNumber(total)} active tokens were checked.`;
    case 'COMPLETE':
      return undefined;
  }
}

function Concerns({ concerns, note }: { concerns: readonly Concern[]; note: string | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const shown = isOpen ? concerns : concerns.slice(0, MAX_SHOWN);
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="concerns">
      <Title order={2} size="h6" mb="sm" id="concerns">
        Needs attention
      </Title>
      <Stack gap="xs">
        {shown.map(({ id, text, href }) => (
          <Group key={id} gap="sm" wrap="nowrap" align="flex-start">
            <TriangleAlert size={16} aria-hidden color="var(--mantine-color-orange-6)" className="scrip-line-icon" />
            <Anchor component={Link} href={href} size="sm" className="scrip-name">
              {text}
            </Anchor>
          </Group>
        ))}
        {concerns.length > MAX_SHOWN && (
          <Group>
            <Button variant="default" size="compact-sm" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              {isOpen ? 'Show fewer' : `Show all ${formatNumber(concerns.length)}`}
            </Button>
          </Group>
        )}
        {note && (
          <Text size="sm" c="dimmed">
            {note}
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
