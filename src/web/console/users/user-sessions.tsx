import { Badge, Button, Group, Table } from '@mantine/core';
import { MonitorSmartphone } from 'lucide-react';
import { useState } from 'react';
import { useMutation } from 'urql';
import { RevokeSessionDocument, UserSessionsDocument, type UserSessionsQuery } from '../../generated.js';
import { StateMark } from '../display/state-mark.js';
import { Timestamp } from '../display/timestamp.js';
import { ConfirmDialog } from '../forms/confirm-dialog.js';
import { EmptyMessage } from '../lists/empty-message.js';
import type { Column } from '../lists/list.js';
import { PagedList } from '../lists/paged-list.js';
import type { CsvFormat } from '../lists/use-export.js';

type Session = NonNullable<NonNullable<UserSessionsQuery['user']>['sessions']>['nodes'][number];

const COLUMNS: readonly Column[] = [
  { title: 'Started' },
  { title: 'Last renewed', from: 'sm' },
  { title: 'Ends', from: 'sm' },
  { title: 'State' },
  { title: 'Actions' },
];

const STATES = {
  ACTIVE: { tone: 'positive', label: 'Active' },
  EXPIRED: { tone: 'neutral', label: 'Expired' },
  ENDED: { tone: 'neutral', label: 'Ended' },
} as const;

const CSV_FORMAT: CsvFormat<Session> = {
  columns: [
    { title: 'id', cell: ({ id }) => id },
    { title: 'state', cell: ({ state }) => state },
    { title: 'createdAt', cell: ({ createdAt }) => createdAt },
    { title: 'renewedAt', cell: ({ renewedAt }) => renewedAt },
    { title: 'expiresAt', cell: ({ expiresAt }) => expiresAt },
    { title: 'endedAt', cell: ({ endedAt }) => endedAt },
  ],
};

/** Sessions of a user. */
export function UserSessions({ userId }: { userId: string }) {
  const [ending, setEnding] = useState<Session>();
  const [, revoke] = useMutation(RevokeSessionDocument);
  return (
    <>
      <PagedList
        label="Sessions"
        columns={COLUMNS}
        source={{
          query: UserSessionsDocument,
          variables: (after) => ({ id: userId, first: 20, after }),
          page: ({ user }: UserSessionsQuery) => user?.sessions,
        }}
        types="Session"
        csv={CSV_FORMAT}
        empty={
          <EmptyMessage icon={MonitorSmartphone} title="No sessions" description="This user has never logged in." />
        }
      >
        {(session) => <SessionRow key={session.id} session={session} onEnd={setEnding} />}
      </PagedList>
      {ending && (
        <ConfirmDialog
          title="End this session?"
          action="End the session"
          isDanger
          run={() => revoke({ input: { id: ending.id } })}
          done="Session ended."
          onClosed={() => setEnding(undefined)}
        >
          {ending.isCurrent
            ? 'This is your current session. You will have to log in again.'
            : 'The user is logged out of this session immediately.'}
        </ConfirmDialog>
      )}
    </>
  );
}

function SessionRow({ session, onEnd }: { session: Session; onEnd: (session: Session) => void }) {
  const { createdAt, renewedAt, expiresAt, endedAt, state, isCurrent } = session;
  const { tone, label } = STATES[state];
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="xs">
          <Timestamp at={createdAt} />
          {isCurrent && <Badge>Current</Badge>}
        </Group>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Timestamp at={renewedAt} />
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <Timestamp at={endedAt ?? expiresAt} />
      </Table.Td>
      <Table.Td>
        <StateMark tone={tone}>{label}</StateMark>
      </Table.Td>
      <Table.Td ta="right">
        {state === 'ACTIVE' && (
          <Button variant="default" size="compact-sm" onClick={() => onEnd(session)}>
            End
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
