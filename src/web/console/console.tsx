import { Center, Loader } from '@mantine/core';
import { useEffect, useMemo, useRef } from 'react';
import { Provider } from 'urql';
import { useObservable } from '../shared/observable.js';
import { LogInPage } from './account/log-in-page.js';
import { createApiClient } from './api/api-client.js';
import type { Admin } from './session/session.js';
import { useSession } from './session/session-context.js';
import { Shell } from './shell/shell.js';

/** The log-in page, or the console of the administrator who is logged in. */
export function Console() {
  const current = useObservable(useSession().state);
  const hasLoggedOut = useRef(false);
  useEffect(() => {
    if (current.state === 'LOGGED_OUT') hasLoggedOut.current = true;
  }, [current.state]);
  switch (current.state) {
    case 'RESTORING':
      return (
        <Center h="100vh">
          <Loader aria-label="Restoring your session" />
        </Center>
      );
    case 'LOGGED_OUT':
      return <LogInPage notice={current.notice} />;
    case 'LOGGED_IN':
      return <LoggedInConsole key={current.admin.id} admin={current.admin} isNewLogin={hasLoggedOut.current} />;
  }
}

/** Each administrator gets an API client, and so a cache, of their own. */
function LoggedInConsole({ admin, isNewLogin }: { admin: Admin; isNewLogin: boolean }) {
  const session = useSession();
  const client = useMemo(() => createApiClient(session), [session]);
  return (
    <Provider value={client}>
      <Shell admin={admin} isNewLogin={isNewLogin} />
    </Provider>
  );
}
