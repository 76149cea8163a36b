import { useObservable } from '../../shared/observable.js';
import { isConnected } from '../connection/connection.js';
import { isLive } from '../connection/live-socket.js';
import { StateMark } from '../display/state-mark.js';

/** Whether entries arrive as they are written. */
export function LiveMark() {
  // Without a connection the socket may still look open.
  const connected = useObservable(isConnected);
  const opened = useObservable(isLive);
  const live = connected && opened;
  return (
    <span role="status">
      {live === true && <StateMark tone="good">Live</StateMark>}
      {live === undefined && <StateMark tone="over">Connecting</StateMark>}
      {live === false && <StateMark tone="bad">Reconnecting</StateMark>}
    </span>
  );
}
