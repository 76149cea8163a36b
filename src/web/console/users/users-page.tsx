import { Button, Group, NativeSelect } from '@mantine/core';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { SearchField } from '../forms/search-field.js';
import { Page } from '../page/page.js';
import { useParameters } from '../page/use-parameters.js';
import { CreateUserDialog } from './create-user-dialog.js';
import { parseExternalId } from './external-id.js';
import { ExternalUser } from './external-user.js';
import { UserList } from './user-list.js';

/** An issuer, a colon and an id. */
const MAX_SEARCH = 64 + 1 + 255;

/** The users. Search and order are in the URL. */
export function UsersPage() {
  const parameters = useParameters();
  const search = parameters.get('search') ?? '';
  const external = parseExternalId(search);
  const isByPoints = search === '' && parameters.get('order') === 'points';
  const [isCreating, setCreating] = useState(false);
  const create = () => setCreating(true);
  return (
    <Page
      title="Users"
      description="Each user has a balance of points. Users with a password can log in."
      actions={
        <Button leftSection={<Plus size={16} aria-hidden />} onClick={create}>
          Create a user
        </Button>
      }
    >
      <Group gap="sm">
        <SearchField
          label="Search by name or external ID"
          placeholder="Name, or ID such as twitch:1234"
          maxLength={MAX_SEARCH}
          value={search}
          onChange={(text) => parameters.set('search', text || null)}
        />
        <NativeSelect
          aria-label="Order"
          data={[
            { value: 'name', label: 'By name' },
            {
              value: 'points',
              label: search === '' ? 'Most points first' : 'Most points first (without a search)',
              disabled: search !== '',
            },
          ]}
          value={isByPoints ? 'points' : 'name'}
          onChange={({ currentTarget }) =>
            parameters.set('order', currentTarget.value === 'name' ? null : currentTarget.value)
          }
        />
      </Group>
      {external ? (
        <ExternalUser key={search} external={external} />
      ) : (
        <UserList key={`${isByPoints} ${search}`} search={search} isByPoints={isByPoints} onCreate={create} />
      )}
      {isCreating && <CreateUserDialog onClosed={() => setCreating(false)} />}
    </Page>
  );
}
