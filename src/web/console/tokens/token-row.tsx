import { ActionIcon, Group, Table, Text } from '@mantine/core';
import { RotateCw, Trash2 } from 'lucide-react';
import { scopeLabel } from '../../../auth/scope.js';
import type { TokenRowFragment } from '../../generated.js';
import { Dimmed } from '../display/dimmed.js';
import { Name } from '../display/name.js';
import { plainText } from '../display/plain-text.js';
import { ScopeBadges } from '../display/scope-badges.js';
import { Timestamp } from '../display/timestamp.js';
import { TokenStateMark } from './token-state-mark.js';

/** What an administrator can do to an active token. */
export type TokenAction = 'rotate' | 'revoke';

interface TokenRowProps {
  token: TokenRowFragment;
  onAction: (action: TokenAction) => void;
}

/** One token. On a narrow screen the first column holds everything. */
export function TokenRow({ token, onAction }: TokenRowProps) {
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
      <Table.Td visibleFrom="sm">{lastUsedAt ? <Timestamp at={lastUsedAt} /> : <Dimmed>Never</Dimmed>}</Table.Td>
      <Table.Td visibleFrom="lg">{expiresAt ? <Timestamp at={expiresAt} /> : <Dimmed>Never</Dimmed>}</Table.Td>
      <Table.Td visibleFrom="sm">
        <TokenStateMark state={state} />
      </Table.Td>
      <Table.Td>{state === 'ACTIVE' && <TokenActions name={plainText(name)} onAction={onAction} />}</Table.Td>
    </Table.Tr>
  );
}

function TokenActions({ name, onAction }: { name: string; onAction: (action: TokenAction) => void }) {
  return (
    <Group gap={4} justify="flex-end" wrap="nowrap">
      <ActionIcon variant="subtle" aria-label={`Rotate ${name}`} title="Rotate" onClick={() => onAction('rotate')}>
        <RotateCw size={16} aria-hidden />
      </ActionIcon>
      <ActionIcon
        variant="subtle"
        color="red"
        aria-label={`Revoke ${name}`}
        title="Revoke"
        onClick={() => onAction('revoke')}
      >
        <Trash2 size={16} aria-hidden />
      </ActionIcon>
    </Group>
  );
}
