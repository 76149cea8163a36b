import type { Logger } from 'pino';
import { FIRST_ADMIN } from './create-first-admin.js';
import type { FirstPassword } from './first-password.js';

/** Logs where the first administrator's password is, never the password itself. */
export function announceFirstAdmin(password: Exclude<FirstPassword, { kind: 'TO_SHOW' }>, log: Logger): void {
  if (password.kind === 'NOT_STORED') {
    log.warn(
      { event: 'no_first_admin' },
      `There is no administrator: a password could not be kept, since ${password.reason}. Set ADMIN_PASSWORD_FILE and ` +
        'start again, or run: scrip user create NAME --admin --password-stdin',
    );
    return;
  }
  const where =
    password.kind === 'KEPT'
      ? `The password is in ${password.path}. Change it, then delete the file.`
      : `The password is the one in ADMIN_PASSWORD_FILE, ${password.path}.`;
  log.info({ event: 'first_admin_created' }, `Created the administrator ${FIRST_ADMIN}. ${where}`);
}
