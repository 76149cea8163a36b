import { Anchor, Button, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import { Link } from 'wouter';
import type { OverviewQuery } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { formatNumber } from '../display/format-number.js';
import { type Concern, concernsOf } from './concerns.js';
import { ACTIVE_TOKENS, WEBHOOKS } from './sources.js';
import { useWholeList, type WholeList } from './use-whole-list.js';

const MAX_SHOWN = 5;

/** What needs the administrator's attention, or that nothing does. */
export function ConcernList({ data }: { data: OverviewQuery }) {
  const totals = { tokens: data.tokens?.totalCount, webhooks: data.webhooks?.totalCount };
  const tokens = useWholeList(ACTIVE_TOKENS, totals.tokens);
  const webhooks = useWholeList(WEBHOOKS, totals.webhooks);
  if (tokens.kind === 'FAILED') return <ErrorAlert error={tokens.error} />;
  if (webhooks.kind === 'FAILED') return <ErrorAlert error={webhooks.error} />;
  const concerns = concernsOf(data, { tokens: tokens.items, webhooks: webhooks.items }, Date.now());
  const note =
    noteOn(tokens, { total: totals.tokens ?? 0, name: 'active tokens' }) ??
    noteOn(webhooks, { total: totals.webhooks ?? 0, name: 'webhooks' });
  if (concerns.length > 0) return <Concerns concerns={concerns} note={note} />;
  const isReading = tokens.kind === 'READING' || webhooks.kind === 'READING';
  return (
    <Paper withBorder p="md" role="status">
      <Group gap="sm" wrap="nowrap">
        {isReading && <Loader size={18} aria-hidden />}
        {note === undefined && <CircleCheck size={18} aria-hidden color="var(--mantine-color-green-6)" />}
        <Text size="sm">{note ?? 'Nothing needs your attention.'}</Text>
      </Group>
    </Paper>
  );
}

/** What the list does not cover yet; undefined: it is complete. */
function noteOn(
  { kind, items }: Exclude<WholeList<unknown>, { kind: 'FAILED' }>,
  { total, name }: { total: number; name: string },
): string | undefined {
  switch (kind) {
    case 'READING':
      return `Checking ${formatNumber(total)} ${name}…`;
    case 'PARTIAL':
      return `Only the newest ${formatNumber(items.length)} of ${formatNumber(total)} ${name} were checked.`;
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
