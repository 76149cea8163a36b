import type { TokenState } from '../../generated.js';
import { StateMark } from '../display/state-mark.js';

const STATES = {
  ACTIVE: { tone: 'good', word: 'Active' },
  EXPIRED: { tone: 'over', word: 'Expired' },
  REVOKED: { tone: 'bad', word: 'Revoked' },
} as const;

/** What has become of a token. */
export function TokenStateMark({ state }: { state: TokenState }) {
  const { tone, word } = STATES[state];
  return <StateMark tone={tone}>{word}</StateMark>;
}
