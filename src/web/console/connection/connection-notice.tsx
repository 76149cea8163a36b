import { Alert, Loader } from '@mantine/core';
import { useObservable } from '../../shared/observable.js';
import { isConnected } from './connection.js';

/** Says that the connection is lost, for as long as it is. */
export function ConnectionNotice() {
  const connected = useObservable(isConnected);
  return (
    <div role="status">
      {!connected && (
        <Alert color="orange" mb="lg" icon={<Loader size={16} color="orange" aria-hidden />} title="No connection">
          The server does not answer. What you see may be out of date; the page goes on by itself as soon as it does.
        </Alert>
      )}
    </div>
  );
}
