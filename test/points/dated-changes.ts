import { createApplyPoints } from '../../src/points/apply-points.js';
import { systemClock } from '../../src/points/clock.js';
import { createLedger } from '../../src/points/ledger.js';
import { openPool } from '../support/database.js';
import type { TestServer } from '../support/server.js';

/** Points added or, if they are negative, spent, and the time of the change. */
type DatedChange = readonly [time: string, points: number];

/** Changes a user's points at times of the past, as an import does, with the user as the owner. */
export async function importChanges({ database: { url } }: TestServer, id: string, changes: readonly DatedChange[]) {
  const { database, close } = openPool(url);
  const ledger = createLedger({
    run: createApplyPoints(database),
    clock: systemClock,
    onFailure: () => {},
    onWritten: () => {},
  });
  for (const [time, points] of changes) {
    await ledger.apply({
      user: { id },
      action: { kind: points > 0 ? 'ADD' : 'SPEND', points: Math.abs(points) },
      reason: null,
      effectiveAt: new Date(time),
      idempotencyKey: null,
      ownerId: id,
      credential: { kind: 'NONE' },
    });
  }
  await close();
}
