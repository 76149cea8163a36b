import type { TokenState } from '../../generated.js';
import { StateMark } from '../display/state-mark.js';

const STATES = {
  ACTIVE: { tone: 'positive', label: 'Active' },
  PAUSED: { tone: 'neutral', label: 'Paused' },
  EXPIRED: { tone: 'neutral', label: 'Expired' },
  REVOKED: { tone: 'negative', label: 'Revoked' },
} as const;

/** The state of a token. */
export function TokenStateMark({ state }: { state: TokenState }) {
  const { tone, label } = STATES[state];
  return <StateMark tone={tone}>{label}</StateMark>;
}
