import { Group, Select } from '@mantine/core';
import { type AuditAction, AuditActionsDocument } from '../../generated.js';
import { useParameters } from '../reading/use-parameters.js';
import { useRead } from '../reading/use-read.js';
import { Page } from '../shell/page.js';
import { UserSelect } from '../users/user-select.js';
import { actionWord } from './action-word.js';
import { AuditList } from './audit-list.js';

/** What was done, and by whom. What is listed stands in the address. */
export function AuditPage() {
  const parameters = useParameters();
  const { data } = useRead(AuditActionsDocument, {});
  const actions = data?.__type?.enumValues ?? [];
  const user = parameters.get('user');
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
          placeholder="Whatever was done"
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'Clear' }}
          data={actions.map(({ name }) => ({ value: name, label: actionWord(name) }))}
          value={action ?? null}
          onChange={(value) => parameters.set('action', value)}
        />
        <UserSelect
          aria-label="User"
          placeholder="By or to anybody"
          clearable
          value={user || null}
          onChange={(value) => parameters.set('user', value)}
        />
      </Group>
      <AuditList key={`${action} ${user}`} action={action} user={user || undefined} />
    </Page>
  );
}
