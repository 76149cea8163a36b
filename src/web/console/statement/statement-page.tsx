import { Anchor, Button } from '@mantine/core';
import { Printer, UserRoundX } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { CombinedError } from 'urql';
import { Link } from 'wouter';
import { StatementDocument, type StatementQuery } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { CopyableId } from '../display/copyable-id.js';
import { ErrorAlert } from '../display/error-alert.js';
import { utcTime } from '../display/exact-time.js';
import { Loading } from '../display/loading.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { Page } from '../page/page.js';
import { useParameters } from '../page/use-parameters.js';
import { monthLabel, monthOf, parseMonth, periodOf, type StatementPeriod } from './month.js';
import { MonthPicker } from './month-picker.js';
import { StatementTable } from './statement-table.js';
import { useStatementEntries } from './use-statement-entries.js';

/** The movements of a user's points in a month, to print. The month is in the URL. */
export function StatementPage({ id }: { id: string }) {
  const [now] = useState(() => new Date());
  const parameters = useParameters();
  const month = parseMonth(parameters.get('month'), now);
  const period = periodOf(month, now);
  const { since, until } = period;
  const { data, error, isFetching, refetch } = useApiQuery(StatementDocument, { id, since, until });
  const user = data?.user;
  if (user) {
    return (
      <Statement {...{ user, month, period, error, refetch }}>
        <MonthPicker value={month} max={monthOf(now)} onChange={(chosen) => parameters.set('month', chosen)} />
      </Statement>
    );
  }
  return (
    <Page title="Statement">
      {isFetching && <Loading h={240} />}
      {!isFetching && <ErrorAlert error={error} retry={refetch} />}
      {!isFetching && !error && (
        <EmptyMessage icon={UserRoundX} title="User not found" description="There is no user with this ID." />
      )}
    </Page>
  );
}

type User = NonNullable<StatementQuery['user']>;

interface StatementProps {
  user: User;
  month: string;
  period: StatementPeriod;
  error: CombinedError | undefined;
  refetch: () => void;
  /** Selects the month. */
  children: ReactNode;
}

function Statement({ user, month, period, error, refetch, children }: StatementProps) {
  const { id, username, pointsStatement: sums } = user;
  const [attempt, setAttempt] = useState(0);
  const entries = useStatementEntries({ userId: id, ...period }, attempt);
  // After another month was selected, the sums of the previous one stay until those of the month are read.
  const isCurrent = sums != null && Date.parse(sums.since) === Date.parse(period.since);
  return (
    <Page
      title={`Statement of ${username}`}
      description={
        <>
          {monthLabel(month)}, in UTC{period.isOver ? '' : `, up to ${utcTime(period.until)}`}
          <div>
            <CopyableId id={id} of="the user" />
          </div>
          <Anchor component={Link} href={`/users/${id}`} size="sm" className="scrip-no-print">
            Back to the user
          </Anchor>
        </>
      }
      actions={
        <Button
          leftSection={<Printer size={16} aria-hidden />}
          disabled={!isCurrent || entries.kind !== 'READ'}
          onClick={() => window.print()}
        >
          Print
        </Button>
      }
    >
      <div className="scrip-no-print">{children}</div>
      <ErrorAlert error={error} retry={refetch} />
      {isCurrent ? (
        <StatementTable statement={sums} entries={entries} retry={() => setAttempt(attempt + 1)} />
      ) : (
        !error && <Loading h={240} />
      )}
    </Page>
  );
}
