import type { Command } from 'commander';
import { type ChangeOptions, changePoints, defineChangeOptions, parsePoints, printChange } from './change-points.js';
import { counted } from './counted.js';
import { parseDuration } from './parse-duration.js';
import { findUserRef, USER_ARGUMENT } from './user-argument.js';

interface Options extends ChangeOptions {
  /** Milliseconds. */
  readonly expiresIn: number;
}

const MAX_DAYS = 30;

/** `scrip hold`: prints the id of the hold, alone. */
export function defineHold(program: Command): void {
  const command = program
    .command('hold')
    .description('reserve points of a user until the hold ends, and print the id of the hold')
    .argument('<user>', USER_ARGUMENT)
    .argument('<points>', 'how many', parsePoints)
    .requiredOption(
      '--expires-in <duration>',
      'when the hold expires, unless it ends before: 30d, 12h, 15m or 45s from now',
      parseDuration(MAX_DAYS),
    );
  defineChangeOptions(command).action(hold);
}

async function hold(user: string, points: number, { expiresIn, ...options }: Options): Promise<void> {
  const { holdId } = await import('../points/holds/hold.js');
  const applied = await changePoints(options, async (database) => ({
    user: await findUserRef(database, user),
    action: { kind: 'HOLD', points, expiresInSeconds: expiresIn / 1_000 },
  }));
  const { written, username } = applied;
  if (written.kind !== 'HOLD') throw new Error('The ledger made no hold.');
  const held = `Held ${counted(written.hold.points, 'point')} of ${username}`;
  printChange(
    `${held} until ${written.hold.expiresAt.toISOString()}. Available: ${written.available}.`,
    applied,
    holdId(written.hold),
  );
}
