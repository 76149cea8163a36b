import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';

interface Options {
  readonly admin?: true;
  readonly passwordStdin?: true;
}

/** `scrip user create`: prints the new user's id. */
export function defineUserCreate(user: Command): void {
  user
    .command('create')
    .description('create a user and print their id')
    .argument('<name>', '1 to 64 characters out of A-Z, a-z, 0-9, _, . and -')
    .option('--admin', 'as an administrator, who may do everything')
    .option('--password-stdin', 'with the password on standard input; without one, the user cannot log in')
    .action(createUserByName);
}

async function createUserByName(name: string, { admin, passwordStdin }: Options): Promise<void> {
  const [{ withDatabase }, { parseNewUsername }, { createPasswords }, { createUser }] = await Promise.all([
    import('./with-database.js'),
    import('../users/user.js'),
    import('../users/password-hash.js'),
    import('../accounts/create-user.js'),
  ]);
  const username = parseNewUsername('name', name);
  const role = admin ? 'ADMIN' : 'USER';
  const password = passwordStdin ? await readNewPassword(username) : null;
  const created = await withDatabase((database) =>
    createUser({ database, passwords: createPasswords() }, { username, role, password }, COMMAND_LINE),
  );
  process.stderr.write(`Created the ${admin ? 'administrator' : 'user'} ${created.username}.\n`);
  process.stdout.write(`${created.id}\n`);
}

async function readNewPassword(username: string): Promise<string> {
  const [{ parsePassword }, { readPassword }] = await Promise.all([
    import('../users/password.js'),
    import('./read-password.js'),
  ]);
  return parsePassword('password', await readPassword(), { username });
}
