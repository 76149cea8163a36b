import { useObservable } from '../../shared/observable.js';
import { isConnected } from '../connection/connection.js';
import { liveStatus } from '../connection/live-socket.js';
import { StateMark } from '../display/state-mark.js';

const STATES = {
  CONNECTING: { tone: 'neutral', label: 'Connecting' },
  LIVE: { tone: 'positive', label: 'Live' },
  RECONNECTING: { tone: 'negative', label: 'Reconnecting' },
} as const;

/** Whether new entries arrive live. */
export function LiveMark() {
  const isReachable = useObservable(isConnected);
  const status = useObservable(liveStatus);
  // Without a connection the socket may still look open.
  const { tone, label } = STATES[status === 'LIVE' && !isReachable ? 'RECONNECTING' : status];
  return (
    <span role="status">
      <StateMark tone={tone}>{label}</StateMark>
    </span>
  );
}
