import type { Command } from 'commander';
import type { SealOptions } from '../backup/seal.js';
import { BadUserInput } from '../errors.js';

export interface SealFlags {
  readonly admin?: string;
  /** False by `--no-passwords`. */
  readonly passwords: boolean;
  readonly passwordStdin?: true;
}

/** Adds the options of a seal to a command. */
export function withSealOptions(command: Command): Command {
  return (
    command
      // Not by requiredOption: that of a command is required of its subcommands as well.
      .option(
        '--admin <name>',
        'required: the ADMIN who remains one, with a new password; without the next option it is asked for',
      )
      .option('--password-stdin', 'the new password on standard input')
      .option(
        '--no-passwords',
        'also remove the password of every other user, who cannot log in until one is set for them',
      )
  );
}

/** @throws BadUserInput */
export async function readSealOptions({ admin, passwords, passwordStdin }: SealFlags): Promise<SealOptions> {
  if (admin === undefined) throw new BadUserInput('admin', 'Name the ADMIN who remains one: --admin NAME.');
  const [{ readPassword }, { askNewPassword }, { parsePassword }] = await Promise.all([
    import('./read-password.js'),
    import('./ask-password.js'),
    import('../users/password.js'),
  ]);
  const password = passwordStdin ? await readPassword() : await askNewPassword(admin);
  return { admin, keepPasswords: passwords, password: parsePassword('password', password, { username: admin }) };
}
