import type { Command } from 'commander';
import { COMMAND_LINE } from '../auth/actor.js';
import type { ExternalRef } from '../users/external-ref.js';
import { EXTERNAL_ARGUMENT, parseExternalArgument } from './external-argument.js';

interface Options {
  readonly admin?: true;
  readonly external?: readonly string[];
  readonly passwordStdin?: true;
  readonly freed?: true;
}

/** `scrip user create`: prints the new user's id. */
export function defineUserCreate(user: Command): void {
  user
    .command('create')
    .description('create a user and print their id')
    .argument('<name>', '1 to 64 characters out of A-Z, a-z, 0-9, _, . and -')
    .option('--admin', 'as an administrator, who may do everything')
    .option('--external <issuer:id>', `${EXTERNAL_ARGUMENT}; can be given up to 20 times`, append)
    .option('--password-stdin', 'with the password on standard input; without one, the user cannot log in')
    .option('--freed', 'take the name immediately if it was freed less than USERNAME_REST_DAYS ago')
    .action(createUserByName);
}

/** Collects the values of an option that is given several times. */
function append(value: string, previous: readonly string[] = []): readonly string[] {
  return [...previous, value];
}

async function createUserByName(name: string, { admin, external, passwordStdin, freed }: Options): Promise<void> {
  const [{ withDatabase }, { parseNewUsername }, { createPasswords }, { createUser }] = await Promise.all([
    import('./with-database.js'),
    import('../users/user.js'),
    import('../users/password-hash.js'),
    import('../accounts/create-user.js'),
  ]);
  const username = parseNewUsername('name', name);
  const role = admin ? 'ADMIN' : 'USER';
  const externalIds = external && (await parseExternalArguments(external));
  const password = passwordStdin ? await readNewPassword(username) : null;
  const created = await withDatabase((database, config) => {
    const usernameRestDays = freed ? 0 : config.usernameRestDays;
    const creator = { database, passwords: createPasswords(), usernameRestDays };
    return createUser(creator, { username, role, password, externalIds }, COMMAND_LINE);
  });
  process.stderr.write(`Created the ${admin ? 'administrator' : 'user'} ${created.username}.\n`);
  process.stdout.write(`${created.id}\n`);
}

async function parseExternalArguments(texts: readonly string[]): Promise<ExternalRef[]> {
  const { parseExternalRefs } = await import('../users/external-ref.js');
  return parseExternalRefs('--external', await Promise.all(texts.map(parseExternalArgument)));
}

async function readNewPassword(username: string): Promise<string> {
  const [{ parsePassword }, { readPassword }] = await Promise.all([
    import('../users/password.js'),
    import('./read-password.js'),
  ]);
  return parsePassword('password', await readPassword(), { username });
}
