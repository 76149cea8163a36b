import type { Command } from 'commander';
import { type ChangeOptions, changePoints, defineChangeOptions, parsePoints, printChange } from './change-points.js';
import { counted } from './counted.js';
import { HOLD_ARGUMENT, parseHoldArgument } from './hold-argument.js';
import { findUserRef, USER_ARGUMENT } from './user-argument.js';

interface Options extends ChangeOptions {
  readonly to?: string;
}

/** `scrip capture`: prints the id of the entry, alone. */
export function defineCapture(program: Command): void {
  const command = program
    .command('capture')
    .description('end a hold and take points of its user, and print the id of the entry')
    .argument('<hold>', HOLD_ARGUMENT)
    .argument('[points]', 'how many, which may be more than were held; without it, all that were held', parsePoints)
    .option('--to <user>', `whom the points are given to: ${USER_ARGUMENT}; without it, they are spent`);
  defineChangeOptions(command).action(capture);
}

async function capture(text: string, points: number | undefined, { to, ...options }: Options): Promise<void> {
  const { entryId } = await import('../points/entry.js');
  const { userId, number } = await parseHoldArgument(text);
  const applied = await changePoints(options, async (database) => ({
    user: { id: userId },
    action: {
      kind: 'CAPTURE',
      hold: number,
      points: points ?? null,
      to: to === undefined ? null : await findUserRef(database, to),
    },
  }));
  const { written, username } = applied;
  if (written.kind !== 'ENTRY') throw new Error('The ledger wrote no entry.');
  const { entry, counterpart } = written;
  const captured = `Captured ${counted(-entry.delta, 'point')} of ${username}`;
  const receiver = counterpart === null ? '' : ` for ${counterpart.username}`;
  printChange(`${captured}${receiver}. Balance of ${username}: ${entry.balanceAfter}.`, applied, entryId(entry));
}
