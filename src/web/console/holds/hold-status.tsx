import { Text } from '@mantine/core';
import type { HoldRowFragment, HoldState } from '../../generated.js';
import { formatNumber } from '../display/format-number.js';
import { StateMark } from '../display/state-mark.js';
import { HOLD_STATES, stateAt } from './hold-state.js';
import { timeLeft } from './time-left.js';

interface HoldStatusProps {
  hold: HoldRowFragment;
  /** By the clock of the server, in milliseconds since 1970. */
  now: number;
}

/** The state of a hold, with the time that is left of an open one, and what a capture took. */
export function HoldStatus({ hold, now }: HoldStatusProps) {
  const { points, captured, expiresAt } = hold;
  const state = stateAt(hold, now);
  return (
    <>
      <StateMark tone={state === 'HELD' ? 'positive' : 'neutral'}>{labelOf(state)}</StateMark>
      {state === 'HELD' && (
        <Text size="xs" c="dimmed" role="timer" className="scrip-number">
          {timeLeft(Date.parse(expiresAt) - now)} left
        </Text>
      )}
      {captured !== null && (
        <Text size="xs" c="dimmed">
          {formatNumber(captured)} of {formatNumber(points)}
        </Text>
      )}
    </>
  );
}

function labelOf(state: HoldState): string {
  return HOLD_STATES.find(({ value }) => value === state)?.label ?? state;
}
