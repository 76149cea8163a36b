import { ActionIcon, Group, Table, Text } from '@mantine/core';
import { RotateCw, Trash2 } from 'lucide-react';
import { scopeLabel } from '../../../auth/scope.js';
import type { TokenRowFragment } from '../../generated.js';
import { Name } from '../display/name.js';
import { plainText } from '../display/plain-text.js';
import { Timestamp } from '../display/timestamp.js';
import { ScopeBadges } from '../scopes/scope-badges.js';
import { TokenStateMark } from './token-state-mark.js';

/** What can be done to a token that works. */
export type TokenAction = 'rotate' | 'revoke';

interface TokenRowProps {
  token: TokenRowFragment;
  onDeed: (deed: TokenAction) => void;
}

/** One token. Where there is room for one column only, that one says everything. */
export function TokenRow({ token, onDeed }: TokenRowProps) {
  const { id, name, hint, owner, state, expiresAt, lastUsedAt } = token;
  const scopes = token.scopes.map(scopeLabel);
  return (
    <Table.Tr>
      <Table.Td>
        <Name href={`/tokens/${id}`} fw={500}>
          {name}
        </Name>
        <Text size="xs" c="dimmed" ff="monospace">
          {hint}
        </Text>
        <Group gap="xs" mt={6} hiddenFrom="sm">
          <TokenStateMark state={state} />
          <ScopeBadges scopes={scopes} />
        </Group>
        <Text size="xs" c="dimmed" mt={4} hiddenFrom="sm" component="div">
          <span className="scrip-clamped">{owner.username}</span>
          {lastUsedAt ? <Timestamp at={lastUsedAt} isInline /> : 'Never used'}
        </Text>
      </Table.Td>
      <Table.Td visibleFrom="md">
        <Name href={`/users/${owner.id}`}>{owner.username}</Name>
      </Table.Td>
      <Table.Td visibleFrom="sm">
        <ScopeBadges scopes={scopes} />
      </Table.Td>
      <Table.Td visibleFrom="sm">{lastUsedAt ? <Timestamp at={lastUsedAt} /> : <Dim>Never</Dim>}</Table.Td>
      <Table.Td visibleFrom="lg">{expiresAt ? <Timestamp at={expiresAt} /> : <Dim>Never</Dim>}</Table.Td>
      <Table.Td visibleFrom="sm">
        <TokenStateMark state={state} />
      </Table.Td>
      <Table.Td>
        {state === 'ACTIVE' && (
          <Group gap={4} justify="flex-end" wrap="nowrap">
            <ActionIcon
              variant="subtle"
              aria-label={`Rotate ${plainText(name)}`}
              title="Rotate"
              onClick={() => onDeed('rotate')}
            >
              <RotateCw size={16} aria-hidden />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="red"
              aria-label={`Revoke ${plainText(name)}`}
              title="Revoke"
              onClick={() => onDeed('revoke')}
            >
              <Trash2 size={16} aria-hidden />
            </ActionIcon>
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function Dim({ children }: { children: string }) {
  return (
    <Text component="span" size="sm" c="dimmed">
      {children}
    </Text>
  );
}
