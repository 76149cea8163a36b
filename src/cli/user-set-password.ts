import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';

interface Options {
  readonly passwordStdin?: true;
}

/** `scrip user set-password`: sets a password, and prints it where it made it. */
export function defineUserSetPassword(user: Command): void {
  user
    .command('set-password')
    .description("set a user's password, and end all their sessions")
    .argument('<name>', 'the user')
    .option('--password-stdin', 'the password on standard input; without it, one is made and printed')
    .action(setPasswordByName);
}

async function setPasswordByName(name: string, { passwordStdin }: Options): Promise<void> {
  const [
    { withDatabase },
    { readPassword },
    { createUserByName },
    { UserNotFound },
    { createPasswords },
    { setPassword },
  ] = await Promise.all([
    import('./with-database.js'),
    import('./read-password.js'),
    import('../users/read-users.js'),
    import('../users/errors.js'),
    import('../users/password-hash.js'),
    import('../accounts/set-password.js'),
  ]);
  const password = passwordStdin ? await readPassword() : randomBytes(18).toString('base64url');
  const user = await withDatabase(async (database) => {
    const named = await createUserByName(database)(name);
    if (named === undefined) throw new UserNotFound();
    const change = { userId: named.id, password, field: 'password' };
    return await setPassword({ database, passwords: createPasswords() }, change, COMMAND_LINE);
  });
  process.stderr.write(`Set the password of ${user.username} and ended all their sessions.\n`);
  if (!passwordStdin) process.stdout.write(`${password}\n`);
}
