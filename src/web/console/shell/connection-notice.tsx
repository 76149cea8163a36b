import { Alert, Loader } from '@mantine/core';
import { useObservable } from '../../shared/observable.js';
import { useSession } from '../session/session-context.js';

/** Shown while the server does not respond. */
export function ConnectionNotice() {
  const isReachable = useObservable(useSession().server.isReachable);
  return (
    <div role="status">
      {!isReachable && (
        <Alert color="orange" mb="lg" icon={<Loader size={16} color="orange" aria-hidden />} title="No connection">
          The server does not respond. The data on this page may be out of date. The console reconnects automatically.
        </Alert>
      )}
    </div>
  );
}
