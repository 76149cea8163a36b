import type { HoldRowFragment, HoldState } from '../../generated.js';

/** The states of holds with their labels, those of open holds first. */
export const HOLD_STATES = [
  { value: 'HELD', label: 'Open' },
  { value: 'CAPTURED', label: 'Captured' },
  { value: 'RELEASED', label: 'Released' },
  { value: 'EXPIRED', label: 'Expired' },
] as const satisfies readonly { value: HoldState; label: string }[];

/** The state of a hold at a time: one that was read before its end expires without another read. */
export function stateAt({ state, expiresAt }: Pick<HoldRowFragment, 'state' | 'expiresAt'>, now: number): HoldState {
  return state === 'HELD' && Date.parse(expiresAt) <= now ? 'EXPIRED' : state;
}

/** The state that a URL names, and that of open holds where it names none. An empty one stands for every state. */
export function parseState(text: string | null): HoldState | undefined {
  return text === '' ? undefined : (HOLD_STATES.find(({ value }) => value === text)?.value ?? 'HELD');
}
