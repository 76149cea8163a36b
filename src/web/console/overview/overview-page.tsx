import { Anchor, Button, Grid, Group, Paper, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { CircleCheck, KeyRound, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { OverviewDocument, type OverviewQuery } from '../../generated.js';
import { AuditRow } from '../audit/audit-list.js';
import { Leaderboard } from '../points/leaderboard.js';
import { sumOf } from '../points/totals.js';
import { count } from '../reading/count.js';
import { Fault } from '../reading/fault.js';
import { Figure } from '../reading/figure.js';
import { List } from '../reading/list.js';
import { Nothing } from '../reading/nothing.js';
import { useRead } from '../reading/use-read.js';
import { Page } from '../shell/page.js';
import { concernsOf } from './concerns.js';

const EVENT_COLUMNS = [
  { title: 'Lately' },
  { title: 'By', from: 'sm' },
  { title: 'To', from: 'sm' },
  { title: 'From', from: 'md' },
  { title: 'When' },
] as const;

const MOST_CONCERNS = 5;

/** What an administrator wants to see first: how much there is, what deserves a look, what was done lately. */
export function OverviewPage() {
  const { data, error, isFetching, again } = useRead(OverviewDocument, {}, { types: 'Token User PointsEntry' });
  return (
    <Page title="Overview">
      {!isFetching && <Fault error={error} again={again} />}
      {data ? <Findings data={data} /> : isFetching && <Skeleton h={320} role="status" aria-label="Loading" />}
    </Page>
  );
}

function Findings({ data }: { data: OverviewQuery }) {
  const { users, tokens, events, pointsTotals } = data;
  return (
    <>
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        <Figure label="Users" value={users && count(users.totalCount)} href="/users" />
        <Figure label="Active tokens" value={tokens && count(tokens.totalCount)} href="/tokens" />
        <Figure label="Points of all users" value={pointsTotals && sumOf(pointsTotals.points)} href="/points" />
        <Figure label="Entries" value={pointsTotals && count(pointsTotals.entries)} href="/points" />
      </SimpleGrid>
      {tokens?.totalCount === 0 ? <FirstToken /> : <Concerns data={data} />}
      <Grid>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <List label="What was done lately" columns={EVENT_COLUMNS}>
            {events?.nodes.map((event) => (
              <AuditRow key={event.id} event={event} />
            ))}
          </List>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Leaderboard most={5} />
        </Grid.Col>
      </Grid>
    </>
  );
}

function FirstToken() {
  return (
    <Paper withBorder>
      <Nothing
        icon={KeyRound}
        title="No application has a token yet"
        description="Issue one with the scopes that the application needs, and put its secret where the application finds it."
      >
        <Button component={Link} href="/tokens?issue=">
          Issue the first token
        </Button>
      </Nothing>
    </Paper>
  );
}

function Concerns({ data }: { data: OverviewQuery }) {
  const concerns = concernsOf(data, Date.now());
  if (concerns.length === 0) {
    return (
      <Line icon={<CircleCheck size={18} aria-hidden color="var(--mantine-color-green-6)" />}>
        <Text size="sm">Nothing needs your attention.</Text>
      </Line>
    );
  }
  return (
    <Paper withBorder p="md" component="section" aria-labelledby="concerns">
      <Title order={2} size="h6" mb="sm" id="concerns">
        Worth a look
      </Title>
      <Stack gap="xs">
        {concerns.slice(0, MOST_CONCERNS).map(({ id, text, href }) => (
          <Group key={id} gap="sm" wrap="nowrap" align="flex-start">
            <TriangleAlert size={16} aria-hidden color="var(--mantine-color-orange-6)" className="scrip-line-icon" />
            <Anchor component={Link} href={href} size="sm" className="scrip-name">
              {text}
            </Anchor>
          </Group>
        ))}
        {concerns.length > MOST_CONCERNS && (
          <Text size="sm" c="dimmed">
            And {concerns.length - MOST_CONCERNS} more.
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function Line({ icon, children }: { icon: ReactNode; children: ReactNode }) {
  return (
    <Paper withBorder p="md">
      <Group gap="sm">
        {icon}
        {children}
      </Group>
    </Paper>
  );
}
