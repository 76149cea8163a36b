import { ActionIcon, Group, Table, Text } from '@mantine/core';
import { Pause, Play, RotateCw, Trash2 } from 'lucide-react';
import { scopeLabel } from '../../../auth/scope.js';
import type { TokenRowFragment } from '../../generated.js';
import { CodeBadges } from '../display/code-badges.js';
import { Dimmed } from '../display/dimmed.js';
import { Name } from '../display/name.js';
import { plainText } from '../display/plain-text.js';
import { Timestamp } from '../display/timestamp.js';
import { actionsOn, type TokenAction } from './token-actions.js';
import { TokenStateMark } from './token-state-mark.js';

/** The actions of a list. The others are on the token's page. */
export type RowAction = Exclude<TokenAction, 'edit'>;

interface TokenRowProps {
  token: TokenRowFragment;
  /** Scopes of the caller. */
  held: ReadonlySet<string>;
  onAction: (action: RowAction) => void;
}

/** One token. On a narrow screen the first column holds everything. */
export function TokenRow({ token, held, onAction }: TokenRowProps) {
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
          <CodeBadges texts={scopes} />
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
        <CodeBadges texts={scopes} />
      </Table.Td>
      <Table.Td visibleFrom="sm">{lastUsedAt ? <Timestamp at={lastUsedAt} /> : <Dimmed>Never</Dimmed>}</Table.Td>
      <Table.Td visibleFrom="lg">{expiresAt ? <Timestamp at={expiresAt} /> : <Dimmed>Never</Dimmed>}</Table.Td>
      <Table.Td visibleFrom="sm">
        <TokenStateMark state={state} />
      </Table.Td>
      <Table.Td>
        <Group gap={4} justify="flex-end" wrap="nowrap">
          {actionsOn(token, held)
            .filter((action) => action !== 'edit')
            .map((action) => (
              <ActionButton key={action} action={action} name={plainText(name)} onAction={onAction} />
            ))}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

const BUTTONS = {
  pause: { label: 'Pause', icon: Pause },
  resume: { label: 'Resume', icon: Play },
  rotate: { label: 'Rotate', icon: RotateCw },
  revoke: { label: 'Revoke', icon: Trash2 },
} as const;

interface ActionButtonProps {
  action: RowAction;
  /** Name of the token. */
  name: string;
  onAction: (action: RowAction) => void;
}

function ActionButton({ action, name, onAction }: ActionButtonProps) {
  const { label, icon: Icon } = BUTTONS[action];
  return (
    <ActionIcon
      variant="subtle"
      {...(action === 'revoke' && { color: 'red' })}
      aria-label={`${label} ${name}`}
      title={label}
      onClick={() => onAction(action)}
    >
      <Icon size={16} aria-hidden />
    </ActionIcon>
  );
}
