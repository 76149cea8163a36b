import type { Command } from 'commander';
import { type ChangeOptions, changePoints, defineKeyOptions, printChange } from './change-points.js';
import { counted } from './counted.js';
import { HOLD_ARGUMENT, parseHoldArgument } from './hold-argument.js';

/** `scrip release`: the points of a hold are available again. */
export function defineRelease(program: Command): void {
  const command = program
    .command('release')
    .description('end a hold, so that its points are available again')
    .argument('<hold>', HOLD_ARGUMENT);
  defineKeyOptions(command).action(release);
}

async function release(text: string, options: ChangeOptions): Promise<void> {
  const { userId, number } = await parseHoldArgument(text);
  const applied = await changePoints(options, () => ({
    user: { id: userId },
    action: { kind: 'RELEASE', hold: number },
  }));
  const { written, username } = applied;
  if (written.kind !== 'HOLD') throw new Error('The ledger released no hold.');
  const released = `Released ${counted(written.hold.points, 'point')} of ${username}`;
  printChange(`${released}. Available: ${written.available}.`, applied);
}
