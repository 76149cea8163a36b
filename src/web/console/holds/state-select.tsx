import { NativeSelect } from '@mantine/core';
import type { HoldState } from '../../generated.js';
import { HOLD_STATES } from './hold-state.js';

interface StateSelectProps {
  /** undefined: every state. */
  value: HoldState | undefined;
  /** Called with the state as it is in the URL: empty for every state, null for that of open holds. */
  onChange: (text: string | null) => void;
}

/** Selects the state of holds. */
export function StateSelect({ value, onChange }: StateSelectProps) {
  return (
    <NativeSelect
      aria-label="State"
      data={[...HOLD_STATES, { value: '', label: 'Any state' }]}
      value={value ?? ''}
      onChange={({ currentTarget }) => onChange(currentTarget.value === 'HELD' ? null : currentTarget.value)}
    />
  );
}
