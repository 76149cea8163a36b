import type { Command } from 'commander';
import { type ChangeOptions, changePoints, defineChangeOptions, parsePoints, printChange } from './change-points.js';
import { counted } from './counted.js';
import { findUserRef, USER_ARGUMENT } from './user-argument.js';

/** `scrip transfer`: prints the id of the giver's entry, alone. */
export function defineTransfer(program: Command): void {
  const command = program
    .command('transfer')
    .description("move points from one user to another, and print the id of the giver's entry")
    .argument('<from>', `who gives: ${USER_ARGUMENT}`)
    .argument('<to>', 'who receives, named in the same way')
    .argument('<points>', 'how many', parsePoints);
  defineChangeOptions(command).action(transfer);
}

async function transfer(from: string, to: string, points: number, options: ChangeOptions): Promise<void> {
  const { entryId } = await import('../points/entry.js');
  const applied = await changePoints(options, async (database) => ({
    user: await findUserRef(database, from),
    action: { kind: 'TRANSFER', points, to: await findUserRef(database, to) },
  }));
  const { written, username } = applied;
  if (written.kind !== 'ENTRY' || written.counterpart === null) throw new Error('The ledger wrote no transfer.');
  const { entry, counterpart } = written;
  const transferred = `Transferred ${counted(-entry.delta, 'point')} from ${username} to ${counterpart.username}`;
  printChange(`${transferred}. Balance of ${username}: ${entry.balanceAfter}.`, applied, entryId(entry));
}
