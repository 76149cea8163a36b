import { Group, Select } from '@mantine/core';
import { type AuditAction, AuditActionsDocument, type UserBy } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { FilterPill } from '../forms/filter-pill.js';
import { UserSelect } from '../forms/user-select.js';
import { Page } from '../page/page.js';
import { useParameters } from '../page/use-parameters.js';
import { actionLabel } from './action-label.js';
import { AuditList } from './audit-list.js';

/** The audit log. Its filters are in the URL. */
export function AuditPage() {
  const parameters = useParameters();
  const { data } = useApiQuery(AuditActionsDocument, {});
  const actions = data?.__type?.enumValues ?? [];
  const username = parameters.get('user');
  const userId = parameters.get('userId');
  const user: UserBy | undefined = userId ? { id: userId } : username ? { username } : undefined;
  const requested = parameters.get('action');
  // Safe: the server gave these names as the values of the enum.
  const action = actions.find(({ name }) => name === requested)?.name as AuditAction | undefined;

  return (
    <Page
      title="Audit"
      description="Changes to users, tokens, sessions and webhooks. Changes to points are in the ledger."
    >
      <Group gap="sm">
        <Select
          aria-label="Action"
          placeholder="Any action"
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'Clear' }}
          data={actions.map(({ name }) => ({ value: name, label: actionLabel(name) }))}
          value={action ?? null}
          onChange={(value) => parameters.set('action', value)}
        />
        <UserSelect
          aria-label="User"
          placeholder="Any user"
          clearable
          value={username || null}
          disabled={userId !== null}
          onChange={(value) => parameters.set('user', value)}
        />
        {userId && (
          <FilterPill removeLabel="Clear the user ID" onRemove={() => parameters.set('userId', null)}>
            {`User ${userId}`}
          </FilterPill>
        )}
      </Group>
      <AuditList key={`${action} ${userId} ${username}`} action={action} user={user} />
    </Page>
  );
}
