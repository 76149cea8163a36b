/** What the commands that change points share: their options, and the change by the ledger. */
import type { Command } from 'commander';
import type { PooledDatabase } from '../database/connect.js';
import type { Applied, PointsChange } from '../points/change.js';
import { MAX_POINTS } from '../points/limits.js';
import { findOwner, OWNER_OPTION } from './find-owner.js';
import { parseCount } from './parse-count.js';

interface KeyOptions {
  readonly owner: string;
  readonly key?: string;
}

/** The options of a change. */
export interface ChangeOptions extends KeyOptions {
  readonly reason?: string;
  readonly reference?: string;
}

/** Parses a number of points. */
export const parsePoints = parseCount(MAX_POINTS);

/** Defines the options of a change with a reason. */
export function defineChangeOptions(command: Command): Command {
  return defineKeyOptions(
    command
      .option('--reason <text>', 'up to 500 characters')
      .option('--reference <text>', 'what the change belongs to, such as an order: up to 100 characters'),
  );
}

/** Defines the options that every change has. */
export function defineKeyOptions(command: Command): Command {
  return command
    .option('--key <text>', 'an idempotency key, so that the command can be repeated without a second effect')
    .option(...OWNER_OPTION);
}

/** What is to be changed. */
type Requested = Pick<PointsChange, 'user' | 'action'>;

/**
 * Makes a change, and waits until it is announced to subscribers.
 *
 * @param find finds the users.
 * @throws DomainError where the change is refused; BadUserInput for options that cannot be used.
 */
export async function changePoints(
  options: ChangeOptions,
  find: (database: PooledDatabase) => Requested | Promise<Requested>,
): Promise<Applied> {
  const [{ withDatabase }, { composeLedger }] = await Promise.all([
    import('./with-database.js'),
    import('../points/compose-ledger.js'),
  ]);
  const notes = await parseNotes(options);
  return await withDatabase(async (database, _config, notifications) => {
    const owner = await findOwner(database, options.owner);
    const requested = await find(database);
    const { ledger, pointsFeed } = composeLedger({
      database,
      changes: database,
      notifications,
      onFailure: () => {}, // it is retried, and thrown where that fails too
      onUnsent: () => {},
    });
    const applied = await ledger.apply({
      ...requested,
      ...notes,
      ownerId: owner.id,
      credential: { kind: 'NONE' },
    });
    await pointsFeed.flush();
    return applied;
  });
}

async function parseNotes({ reason, reference, key }: ChangeOptions) {
  const [{ parseText }, { IDEMPOTENCY_KEY, REASON, REFERENCE }] = await Promise.all([
    import('../input.js'),
    import('../points/limits.js'),
  ]);
  return {
    reason: reason === undefined ? null : parseText('--reason', reason, REASON),
    reference: reference === undefined ? null : parseText('--reference', reference, REFERENCE),
    metadata: null,
    idempotencyKey: key === undefined ? null : parseText('--key', key, IDEMPOTENCY_KEY),
  };
}

/** Prints what a change did, and the id of what it wrote alone on standard output. */
export function printChange(sentence: string, { replayed }: Applied, id?: string): void {
  process.stderr.write(`${sentence}${replayed ? ' This was done before, under the same key.' : ''}\n`);
  if (id !== undefined) process.stdout.write(`${id}\n`);
}
