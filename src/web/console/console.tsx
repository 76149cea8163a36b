import { Center, Loader } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import { Provider } from 'urql';
import { useObservable } from '../shared/observable.js';
import { createApiClient } from './session/api-client.js';
import { LogInPage } from './session/log-in-page.js';
import { type Admin, session } from './session/session.js';
import { Shell } from './shell/shell.js';

/** Either the way in, at whatever address, or what is behind it. */
export function Console() {
  const current = useObservable(session);
  const hasBeenOut = useRef(false);
  useEffect(() => {
    if (current.state === 'out') hasBeenOut.current = true;
  }, [current.state]);
  switch (current.state) {
    case 'restoring':
      return (
        <Center h="100vh">
          <Loader aria-label="Looking for your session" />
        </Center>
      );
    case 'out':
      return <LogInPage notice={current.notice} />;
    case 'in':
      return <LoggedInConsole key={current.admin.id} admin={current.admin} isFresh={hasBeenOut.current} />;
  }
}

/** Everything that was read belongs to one administrator, and goes with them. */
function LoggedInConsole({ admin, isFresh }: { admin: Admin; isFresh: boolean }) {
  const client = useMemo(createApiClient, []);
  return (
    <Provider value={client}>
      <Shell admin={admin} isFresh={isFresh} />
    </Provider>
  );
}
