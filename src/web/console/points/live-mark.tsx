import { useObservable } from '../../observable.js';
import { isLive } from '../connection/live-socket.js';
import { StateMark } from '../reading/state-mark.js';

/** Whether entries arrive as they are written. */
export function LiveMark() {
  const live = useObservable(isLive);
  return (
    <span role="status">
      {live === true && <StateMark tone="good">Live</StateMark>}
      {live === undefined && <StateMark tone="over">Connecting</StateMark>}
      {live === false && <StateMark tone="bad">Interrupted: trying again</StateMark>}
    </span>
  );
}
