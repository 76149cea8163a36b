import { useObservable } from '../../shared/observable.js';
import { StateMark } from '../display/state-mark.js';
import { useSession } from '../session/session-context.js';

const STATES = {
  CONNECTING: { tone: 'neutral', label: 'Connecting' },
  OPEN: { tone: 'positive', label: 'Live' },
  RECONNECTING: { tone: 'negative', label: 'Reconnecting' },
  CLOSED: { tone: 'negative', label: 'Not live. Reload the page.' },
} as const;

/** Whether new entries arrive live. */
export function LiveMark() {
  const { server } = useSession();
  const isReachable = useObservable(server.isReachable);
  const status = useObservable(server.socketStatus);
  // When the connection is lost, the socket may look open for a while.
  const { tone, label } = STATES[status === 'OPEN' && !isReachable ? 'RECONNECTING' : status];
  return (
    <span role="status">
      <StateMark tone={tone}>{label}</StateMark>
    </span>
  );
}
