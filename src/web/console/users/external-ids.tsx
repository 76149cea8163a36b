import { Button, Group, Table, Text } from '@mantine/core';
import { Link2 } from 'lucide-react';
import { useState } from 'react';
import type { UserDetailsQuery } from '../../generated.js';
import { plainText } from '../display/plain-text.js';
import { Timestamp } from '../display/timestamp.js';
import { EmptyMessage } from '../lists/empty-message.js';
import { type Column, FullWidthRow, List } from '../lists/list.js';
import { type ExternalId, externalIdText } from './external-id.js';
import { LinkDialog } from './link-dialog.js';
import { UnlinkDialog } from './unlink-dialog.js';

type User = NonNullable<UserDetailsQuery['user']>;

const COLUMNS: readonly Column[] = [
  { title: 'Issuer' },
  { title: 'ID' },
  { title: 'Linked', from: 'sm' },
  { title: 'Actions' },
];

/** The ids of a user in other systems, with buttons that link and unlink them. */
export function ExternalIds({ user }: { user: User }) {
  const [isLinking, setLinking] = useState(false);
  const [unlinking, setUnlinking] = useState<ExternalId>();
  const ids = user.externalIds ?? [];
  const link = (
    <Button variant="default" size="xs" onClick={() => setLinking(true)}>
      Link an external ID
    </Button>
  );
  return (
    <>
      {ids.length > 0 && (
        <Group justify="flex-end" mb="xs">
          {link}
        </Group>
      )}
      <List label="External IDs" columns={COLUMNS}>
        {ids.length === 0 && (
          <FullWidthRow>
            <EmptyMessage
              icon={Link2}
              title="No external IDs"
              description="An application can name a user by the user’s ID in its own system."
            >
              {link}
            </EmptyMessage>
          </FullWidthRow>
        )}
        {ids.map((external) => (
          <Table.Tr key={externalIdText(external)}>
            <Table.Td>
              <Text size="sm" className="scrip-name">
                {external.issuer}
              </Text>
            </Table.Td>
            <Table.Td>
              <Text size="sm" className="scrip-name">
                <bdi>{plainText(external.id)}</bdi>
              </Text>
              <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
                Linked <Timestamp at={external.linkedAt} isInline />
              </Text>
            </Table.Td>
            <Table.Td visibleFrom="sm">
              <Timestamp at={external.linkedAt} />
            </Table.Td>
            <Table.Td ta="right">
              <Button variant="default" size="compact-sm" onClick={() => setUnlinking(external)}>
                Unlink
                <span className="scrip-visually-hidden"> {externalIdText(external)}</span>
              </Button>
            </Table.Td>
          </Table.Tr>
        ))}
      </List>
      {isLinking && <LinkDialog user={user} onClosed={() => setLinking(false)} />}
      {unlinking && <UnlinkDialog user={user} external={unlinking} onClosed={() => setUnlinking(undefined)} />}
    </>
  );
}
