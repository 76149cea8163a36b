import { Alert, Paper, Table, Text } from '@mantine/core';
import type { StatementEntryFragment, StatementQuery } from '../../generated.js';
import { Amount } from '../display/amount.js';
import { ErrorAlert } from '../display/error-alert.js';
import { utcTime } from '../display/exact-time.js';
import { formatChange, formatNumber } from '../display/format-number.js';
import { Detail } from '../display/name.js';
import { plainText } from '../display/plain-text.js';
import { type Column, FullWidthRow, List } from '../lists/list.js';
import { formatSum, MAX_POINTS } from '../points/format-sum.js';
import { kindLabel } from '../points/kind-label.js';
import type { StatementEntries } from './use-statement-entries.js';

type Statement = NonNullable<NonNullable<StatementQuery['user']>['pointsStatement']>;

const COLUMNS: readonly Column[] = [
  { title: 'Time (UTC)', from: 'xs' },
  { title: 'Description' },
  { title: 'Change', align: 'right' },
  { title: 'Balance', align: 'right' },
];

interface StatementTableProps {
  statement: Statement;
  entries: StatementEntries;
  /** Reads the entries again. */
  retry: () => void;
}

/** The sums of a period and its entries, oldest first, between the opening and the closing balance. */
export function StatementTable({ statement, entries, retry }: StatementTableProps) {
  const { opening, closing } = statement;
  return (
    <>
      <div>
        <Sums statement={statement} />
        <Text size="xs" c="dimmed" mt="xs">
          Points received from other users count as added, and points given to other users as spent.
        </Text>
      </div>
      {entries.kind === 'READ' && entries.entries.length < statement.entries && (
        <Alert color="orange">
          {`The latest ${formatNumber(entries.entries.length)} of ${formatNumber(statement.entries)} entries are shown. `}
          The sums are those of all. The history of the user exports every entry as CSV.
        </Alert>
      )}
      <List label="Entries" columns={COLUMNS}>
        <BalanceRow label="Opening balance" balance={opening} />
        {entries.kind === 'READING' && (
          <FullWidthRow>
            <Text size="sm" c="dimmed" role="status">
              {`${formatNumber(entries.count)} of ${formatNumber(statement.entries)} entries read…`}
            </Text>
          </FullWidthRow>
        )}
        {entries.kind === 'FAILED' && (
          <FullWidthRow>
            <ErrorAlert error={entries.error} retry={retry} />
          </FullWidthRow>
        )}
        {entries.kind === 'READ' && entries.entries.map((entry) => <EntryRow key={entry.id} entry={entry} />)}
        <BalanceRow label="Closing balance" balance={closing} />
      </List>
    </>
  );
}

function Sums({ statement: { opening, added, spent, reversed, closing, entries } }: { statement: Statement }) {
  const sums = [
    ['Opening balance', formatNumber(opening)],
    ['Added', formatSum(added)],
    ['Spent', formatSum(spent)],
    ['Reversed', reversed == null ? `Beyond ±${formatNumber(MAX_POINTS)}` : formatChange(reversed)],
    ['Closing balance', formatNumber(closing)],
    ['Entries', formatNumber(entries)],
  ] as const;
  return (
    <Paper withBorder className="scrip-list" maw={480}>
      <Table aria-label="Sums" horizontalSpacing="md">
        <Table.Tbody>
          {sums.map(([label, sum]) => (
            <Table.Tr key={label}>
              <Table.Th>{label}</Table.Th>
              <Table.Td ta="right">
                <Amount>{sum}</Amount>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function BalanceRow({ label, balance }: { label: string; balance: number }) {
  return (
    <Table.Tr>
      <Table.Td visibleFrom="xs" />
      <Table.Td fw={500}>{label}</Table.Td>
      <Table.Td />
      <Table.Td ta="right" fw={500}>
        <Amount>{formatNumber(balance)}</Amount>
      </Table.Td>
    </Table.Tr>
  );
}

function EntryRow({ entry }: { entry: StatementEntryFragment }) {
  const { kind, sequence, reason, reference, reverses, delta, balanceAfter, createdAt, counterpartUser } = entry;
  const time = <time dateTime={createdAt}>{utcTime(createdAt)}</time>;
  return (
    <Table.Tr>
      <Table.Td visibleFrom="xs" className="scrip-number">
        {time}
      </Table.Td>
      <Table.Td>
        <div>
          {kindLabel(kind)}, entry {sequence}
          {reverses && `, reverses entry ${reverses.sequence}`}
        </div>
        {counterpartUser && <Detail>{`${delta < 0 ? 'To' : 'From'} ${counterpartUser.username}`}</Detail>}
        {reason && (
          <div className="scrip-long-text">
            <bdi>{plainText(reason)}</bdi>
          </div>
        )}
        {reference != null && <Detail>{`Reference ${reference}`}</Detail>}
        <Text size="xs" c="dimmed" hiddenFrom="xs" component="div">
          {time}
        </Text>
      </Table.Td>
      <Table.Td ta="right">
        <Amount>{formatChange(delta)}</Amount>
      </Table.Td>
      <Table.Td ta="right">
        <Amount>{formatNumber(balanceAfter)}</Amount>
      </Table.Td>
    </Table.Tr>
  );
}
