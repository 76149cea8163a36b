import { Group, Pill, Select } from '@mantine/core';
import { type AuditAction, AuditActionsDocument, type UserBy } from '../../generated.js';
import { useApiQuery } from '../connection/use-api-query.js';
import { Page } from '../shell/page.js';
import { useParameters } from '../shell/use-parameters.js';
import { UserSelect } from '../users/user-select.js';
import { actionLabel } from './action-label.js';
import { AuditList } from './audit-list.js';

/** What was done, and by whom. What is listed stands in the address. */
export function AuditPage() {
  const parameters = useParameters();
  const { data } = useApiQuery(AuditActionsDocument, {});
  const actions = data?.__type?.enumValues ?? [];
  const username = parameters.get('user');
  const userId = parameters.get('userId');
  const user: UserBy | undefined = userId ? { id: userId } : username ? { username } : undefined;
  const wish = parameters.get('action');
  // Safe: the names are those that the server itself gave for the enum.
  const action = actions.find(({ name }) => name === wish)?.name as AuditAction | undefined;

  return (
    <Page
      title="Audit"
      description="What was done to users, tokens and sessions. What was done to points is in each user’s history."
    >
      <Group gap="sm">
        <Select
          aria-label="What was done"
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
          <Pill
            size="lg"
            withRemoveButton
            removeButtonProps={{ 'aria-label': 'Clear the user id' }}
            onRemove={() => parameters.set('userId', null)}
          >
            {`User ${userId}`}
          </Pill>
        )}
      </Group>
      <AuditList key={`${action} ${userId} ${username}`} action={action} user={user} />
    </Page>
  );
}
