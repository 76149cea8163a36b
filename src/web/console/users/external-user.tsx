import { SearchX } from 'lucide-react';
import { useMemo } from 'react';
import { UserByExternalIdDocument, type UserFactsFragment } from '../../generated.js';
import { useApiQuery } from '../api/use-api-query.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { List } from '../lists/list.js';
import { Rows } from '../lists/rows.js';
import { usePages } from '../lists/use-pages.js';
import type { ExternalId } from './external-id.js';
import { USER_COLUMNS, UserRow } from './user-row.js';

/** The user with an external id. */
export function ExternalUser({ external: { issuer, id } }: { external: ExternalId }) {
  const query = useApiQuery(UserByExternalIdDocument, { external: { issuer, id } }, { types: 'User' });
  const pages = usePages<UserFactsFragment>();
  const user = query.data?.user;
  const page = useMemo(
    () => (user === undefined ? undefined : { nodes: user ? [user] : [], pageInfo: { hasNextPage: false } }),
    [user],
  );
  const empty = (
    <EmptyMessage
      icon={SearchX}
      title="No user found"
      description={`No user has the ID “${id}” of ${issuer}. Upper and lower case differ.`}
    />
  );
  return (
    <List label="Users" columns={USER_COLUMNS}>
      <Rows {...{ query, page, pages, empty }} after={null}>
        {(found) => <UserRow key={found.id} user={found} />}
      </Rows>
    </List>
  );
}
