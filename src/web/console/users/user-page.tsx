import { Code, Group, Tabs, Text } from '@mantine/core';
import { UserRoundX } from 'lucide-react';
import { useState } from 'react';
import { UserDetailsDocument, type UserDetailsQuery } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { AuditList } from '../audit/audit-list.js';
import { CopyableId } from '../display/copyable-id.js';
import { ErrorAlert } from '../display/error-alert.js';
import { Loading } from '../display/loading.js';
import { plainText } from '../display/plain-text.js';
import { Timestamp } from '../display/timestamp.js';
import { useRefetchAtEnd } from '../holds/use-refetch-at-end.js';
import { UserHolds } from '../holds/user-holds.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { Page } from '../page/page.js';
import { useParameters } from '../page/use-parameters.js';
import { History } from '../points/history.js';
import { IssueDialog } from '../tokens/issue-dialog.js';
import { TokenList } from '../tokens/token-list.js';
import { externalIdText } from './external-id.js';
import { ExternalIds } from './external-ids.js';
import { RoleBadge } from './role-badge.js';
import { UserActions } from './user-actions.js';
import { UserBalance } from './user-balance.js';
import { UserPosts } from './user-posts.js';
import { UserSessions } from './user-sessions.js';

/** Ids in other systems that are shown under the username. */
const MAX_SUMMARY = 3;

type User = NonNullable<UserDetailsQuery['user']>;

/** The details of one user. */
export function UserPage({ id }: { id: string }) {
  const { data, error, isFetching, refetch } = useApiQuery(UserDetailsDocument, { id }, { types: 'User PointsHold' });
  useRefetchAtEnd(data?.user?.openHolds, refetch);
  if (data?.user) return <UserDetails user={data.user} />;
  return (
    <Page title="User">
      {isFetching && <Loading h={120} />}
      <ErrorAlert error={error} retry={refetch} />
      {!isFetching && !error && (
        <EmptyMessage
          icon={UserRoundX}
          title="User not found"
          description="If the user was deleted, the events below show when. Ledger entries of deleted users are kept."
        />
      )}
      {!isFetching && !error && <AuditList user={{ id }} />}
    </Page>
  );
}

function UserDetails({ user }: { user: User }) {
  const { id, username, role, createdAt } = user;
  const [isIssuing, setIssuing] = useState(false);
  return (
    <Page
      title={username}
      description={
        <>
          <RoleBadge role={role} /> created <Timestamp at={createdAt} isInline />
          <div>
            <CopyableId id={id} of="the user" />
          </div>
          <ExternalIdSummary ids={user.externalIds ?? []} />
        </>
      }
      actions={<UserActions user={user} />}
    >
      <UserBalance user={user} />
      <UserTabs user={user} onIssue={() => setIssuing(true)} />
      {isIssuing && <IssueDialog scopes={[]} owner={username} onClosed={() => setIssuing(false)} />}
    </Page>
  );
}

/** The first ids of a user in other systems. The tab has all of them. */
function ExternalIdSummary({ ids }: { ids: NonNullable<User['externalIds']> }) {
  const further = ids.length - MAX_SUMMARY;
  return (
    <Group gap="xs">
      {ids
        .slice(0, MAX_SUMMARY)
        .map(externalIdText)
        .map((text) => (
          <Code key={text} className="scrip-clamped">
            <bdi>{plainText(text)}</bdi>
          </Code>
        ))}
      {further > 0 && <Text size="sm">and {further} more</Text>}
    </Group>
  );
}

/** The lists of a user. The selected tab is in the URL. */
function UserTabs({ user, onIssue }: { user: User; onIssue: () => void }) {
  const { id, username } = user;
  const parameters = useParameters();
  const tab = parameters.get('tab') ?? 'history';
  return (
    <Tabs
      value={tab}
      onChange={(value) => parameters.setAll({ tab: value === 'history' ? null : value, state: null })}
      keepMounted={false}
    >
      <Tabs.List mb="md">
        <Tabs.Tab value="history">History</Tabs.Tab>
        <Tabs.Tab value="holds">Holds</Tabs.Tab>
        <Tabs.Tab value="tokens">Tokens</Tabs.Tab>
        <Tabs.Tab value="sessions">Sessions</Tabs.Tab>
        <Tabs.Tab value="posts">Posts</Tabs.Tab>
        <Tabs.Tab value="external-ids">External IDs</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="history">
        <History userId={id} />
      </Tabs.Panel>
      <Tabs.Panel value="holds">
        <UserHolds userId={id} />
      </Tabs.Panel>
      <Tabs.Panel value="tokens">
        <TokenList owner={username} onIssue={onIssue} />
      </Tabs.Panel>
      <Tabs.Panel value="sessions">
        <UserSessions userId={id} />
      </Tabs.Panel>
      <Tabs.Panel value="posts">
        <UserPosts userId={id} />
      </Tabs.Panel>
      <Tabs.Panel value="external-ids">
        <ExternalIds user={user} />
      </Tabs.Panel>
    </Tabs>
  );
}
