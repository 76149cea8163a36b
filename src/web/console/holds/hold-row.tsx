import { Button, Table, Text } from '@mantine/core';
import type { HoldRowFragment } from '../../generated.js';
import { Amount } from '../display/amount.js';
import { formatNumber } from '../display/format-number.js';
import { holdTitle } from '../display/hold-title.js';
import { Line } from '../display/line.js';
import { Name } from '../display/name.js';
import { Timestamp } from '../display/timestamp.js';
import type { Column } from '../lists/list.js';
import { HoldOrigin } from './hold-origin.js';
import { stateAt } from './hold-state.js';
import { HoldStatus } from './hold-status.js';
import { useServerTime } from './use-server-time.js';

const USER: Column = { title: 'User', from: 'sm' };

/** The columns of {@link HoldRow}. */
export function holdColumns({ withUser }: { withUser: boolean }): Column[] {
  return [
    { title: 'Points' },
    ...(withUser ? [USER] : []),
    { title: 'Reason and origin', from: 'sm' },
    { title: 'State', from: 'sm' },
    { title: 'Ends', from: 'md' },
    { title: 'Actions' },
  ];
}

interface HoldRowProps {
  hold: HoldRowFragment;
  withUser: boolean;
  /** undefined: the session may not release holds. */
  onRelease: ((hold: HoldRowFragment) => void) | undefined;
}

/** One hold of a list. An open one counts down, and can be released until it expires. */
export function HoldRow({ hold, withUser, onRelease }: HoldRowProps) {
  const { id, user, points, state, expiresAt, endedAt } = hold;
  const now = useServerTime(state === 'HELD');
  return (
    <Table.Tr>
      <Table.Td>
        <Text size="sm" fw={500} component="div">
          <Amount>{formatNumber(points)}</Amount>
        </Text>
        <Name href={`/holds/${id}`}>{holdTitle(hold)}</Name>
        <Text size="xs" c="dimmed" hiddenFrom="sm" component="div">
          <HoldStatus hold={hold} now={now} />
          {withUser && (
            <Line>
              Of{' '}
              <Name href={`/users/${user.id}`} isInline>
                {user.username}
              </Name>
            </Line>
          )}
          <HoldOrigin hold={hold} size="xs" />
          {endedAt === null ? 'Expires' : 'Ended'} <Timestamp at={endedAt ?? expiresAt} isInline />
        </Text>
      </Table.Td>
      {withUser && (
        <Table.Td visibleFrom="sm">
          <Name href={`/users/${user.id}`}>{user.username}</Name>
        </Table.Td>
      )}
      <Table.Td visibleFrom="sm">
        <HoldOrigin hold={hold} />
      </Table.Td>
      <Table.Td visibleFrom="sm" fz="sm">
        <HoldStatus hold={hold} now={now} />
      </Table.Td>
      <Table.Td visibleFrom="md">
        <Timestamp at={endedAt ?? expiresAt} />
      </Table.Td>
      <Table.Td ta="right">
        {onRelease && stateAt(hold, now) === 'HELD' && (
          <Button variant="default" size="compact-sm" onClick={() => onRelease(hold)}>
            Release
            <span className="scrip-visually-hidden">{` ${holdTitle(hold)} of ${user.username}`}</span>
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
