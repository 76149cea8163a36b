import { Alert, Button, Text } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useClient } from 'urql';
import { useObservable } from '../../shared/observable.js';
import type { Admin } from '../session/session.js';
import { useSession } from '../session/session-context.js';
import { ChangePasswordDialog } from './change-password-dialog.js';
import { checkInitialPassword } from './initial-password.js';

/** Asks the first administrator on every page to change the initial password. */
export function PasswordReminder({ admin }: { admin: Admin }) {
  const client = useClient();
  const { hasInitialPassword } = useSession();
  const isDue = useObservable(hasInitialPassword);
  const [isChanging, setChanging] = useState(false);
  useEffect(() => {
    let isCurrent = true;
    void checkInitialPassword(client, admin.id).then((isInitial) => {
      if (isCurrent) hasInitialPassword.set(isInitial);
    });
    return () => {
      isCurrent = false;
    };
  }, [client, admin.id, hasInitialPassword]);
  return (
    <>
      {isDue && (
        <Alert
          color="yellow"
          mb="lg"
          role="region"
          icon={<TriangleAlert size={18} aria-hidden />}
          title="Change your initial password"
        >
          <Text size="sm" mb="sm">
            You still use the password that was generated at the first start of the server. It may be stored in a log or
            a file.
          </Text>
          <Button variant="default" size="compact-sm" onClick={() => setChanging(true)}>
            Change password
          </Button>
        </Alert>
      )}
      {isChanging && <ChangePasswordDialog username={admin.username} onClosed={() => setChanging(false)} />}
    </>
  );
}
