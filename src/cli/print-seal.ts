import type { Seal } from '../backup/seal.js';
import { counted } from './counted.js';

/** Prints what a seal did, what the database revives all the same, and what to do. */
export function printSeal(seal: Seal): void {
  const { admin, tokens, sessions, admins, webhooks, passwords, passwordsKept, users } = seal;
  const lines = [
    `Sealed: paused ${counted(tokens, 'token')} and ${counted(webhooks, 'webhook')}, ended ${counted(sessions, 'session')}, ` +
      `made ${counted(admins, 'other ADMIN', 'other ADMINs')} a USER, and set the password of ${admin}.`,
    passwordsKept
      ? `Passwords: ${counted(passwords, 'other user has', 'other users have')} the password of when the backup was made; one that ` +
        'was changed since is the old one again. --no-passwords removes them.'
      : `Passwords: removed those of ${counted(passwords, 'other user')}. Set new ones with \`scrip user set-password\`.`,
    `Users: ${users}. Those who were deleted, and ids in other systems that were unlinked, after the backup are back.`,
    'Tokens: scopes, limits and networks that were narrowed after the backup are as wide as before. Compare `scrip token show ID`.',
    'Resume the tokens and webhooks that are still wanted: `scrip token resume ID`, `scrip webhook resume ID`.',
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}
