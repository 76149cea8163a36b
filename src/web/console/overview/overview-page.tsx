import { Button, Grid, Paper, SimpleGrid } from '@mantine/core';
import { KeyRound } from 'lucide-react';
import { Link } from 'wouter';
import { OverviewDocument, type OverviewQuery } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { AUDIT_COLUMNS, AuditRow } from '../audit/audit-list.js';
import { ErrorAlert } from '../display/error-alert.js';
import { formatNumber } from '../display/format-number.js';
import { Loading } from '../display/loading.js';
import { Statistic } from '../display/statistic.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { List } from '../lists/list.js';
import { Page } from '../page/page.js';
import { formatSum } from '../points/format-sum.js';
import { Leaderboard } from '../points/leaderboard.js';
import { ConcernList } from './concern-list.js';

/** Totals, what needs attention, the latest events and the users with the most points. */
export function OverviewPage() {
  const { data, error, isFetching, refetch } = useApiQuery(
    OverviewDocument,
    {},
    { types: 'Token User PointsEntry Webhook' },
  );
  return (
    <Page title="Overview">
      {!isFetching && <ErrorAlert error={error} retry={refetch} />}
      {data ? <OverviewContent data={data} /> : isFetching && <Loading h={320} />}
    </Page>
  );
}

function OverviewContent({ data }: { data: OverviewQuery }) {
  const { users, tokens, paused, webhooks, events, pointsTotals } = data;
  const isNew = [tokens, paused, webhooks].every((list) => list?.totalCount === 0);
  return (
    <>
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        <Statistic label="Users" value={users && formatNumber(users.totalCount)} href="/users" />
        <Statistic label="Active tokens" value={tokens && formatNumber(tokens.totalCount)} href="/tokens" />
        <Statistic label="Total points" value={pointsTotals && formatSum(pointsTotals.points)} href="/points" />
        <Statistic label="Ledger entries" value={pointsTotals && formatNumber(pointsTotals.entries)} href="/points" />
      </SimpleGrid>
      {isNew ? <FirstToken /> : <ConcernList data={data} />}
      <Grid>
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <List label="Latest events" columns={AUDIT_COLUMNS}>
            {events?.nodes.map((event) => (
              <AuditRow key={event.id} event={event} />
            ))}
          </List>
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <Leaderboard size={5} />
        </Grid.Col>
      </Grid>
    </>
  );
}

function FirstToken() {
  return (
    <Paper withBorder>
      <EmptyMessage
        icon={KeyRound}
        title="No tokens yet"
        description="Issue a token with the scopes that your application needs, then add its secret to the application’s configuration."
      >
        <Button component={Link} href="/tokens?issue=">
          Issue a token
        </Button>
      </EmptyMessage>
    </Paper>
  );
}
