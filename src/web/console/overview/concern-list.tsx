import { Anchor, Button, Group, Loader, Paper, Stack, Text, Title } from '@mantine/core';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import type { OverviewQuery } from '../../generated.js';
import { ErrorAlert } from '../display/error-alert.js';
import { formatNumber } from '../display/format-number.js';
import { type Concern, concernsOf } from './concerns.js';
import { useActiveTokens } from './use-active-tokens.js';

const MAX_SHOWN = 5;

/** What an administrator should look at, or that there is nothing. */
export function ConcernList({ data }: { data: OverviewQuery }) {
  const { tokens, extent, error } = useActiveTokens(data.tokens?.totalCount);
  const concerns = concernsOf(data, tokens, Date.now());
  const note = noteOn({ extent, read: tokens.length, total: data.tokens?.totalCount ?? 0 });
  if (error) return <ErrorAlert error={error} />;
  if (concerns.length > 0) return <Concerns concerns={concerns} note={note} />;
  const isClear = extent === 'all';
  return (
    <Paper withBorder p="md" role="status">
      <Group gap="sm" wrap="nowrap">
        {extent === 'reading' && <Loader size={18} aria-hidden />}
        {isClear && <CircleCheck size={18} aria-hidden color="var(--mantine-color-green-6)" />}
        <Text size="sm">{isClear ? 'Nothing needs your attention.' : note}</Text>
      </Group>
    </Paper>
  );
}

function noteOn({
  extent,
  read,
  total,
}: {
  extent: 'reading' | 'all' | 'some';
  read: number;
  total: number;
}): ReactNode {
  if (extent === 'all') return undefined;
  return extent === 'reading'
    ? `Checking ${formatNumber(total)} active tokens…`
    : `Only the newest ${formatNumber(read)} of ${formatNumber(total)} active tokens were checked.`;
}

function Concerns({ concerns, note }: { concerns: readonly Concern[]; note: ReactNode }) {
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
