import { type SQL, sql } from 'drizzle-orm';
import { MAX_SEQUENCE } from '../limits.js';
import { holds } from './table.js';

/** Reserved points of a user, in their state at the time of the read. */
export type Hold = Pick<typeof holds.$inferSelect, keyof typeof holdColumns>;

const hasExpired = sql`${holds.state} = 'HELD' and ${holds.expiresAt} <= statement_timestamp()`;

/** The columns of a {@link Hold}. One that has expired says so, marked or not. */
export const holdColumns = {
  userId: holds.userId,
  number: holds.number,
  points: holds.points,
  state: now<(typeof holds.$inferSelect)['state']>(holds.state, sql`'EXPIRED'`).mapWith(holds.state),
  createdAt: holds.createdAt,
  expiresAt: holds.expiresAt,
  endedAt: now<Date | null>(holds.endedAt, sql`${holds.expiresAt}`).mapWith(holds.endedAt),
  captured: holds.captured,
  entrySequence: holds.entrySequence,
  reason: holds.reason,
  reference: holds.reference,
  metadata: holds.metadata,
  ownerId: holds.ownerId,
  tokenId: holds.tokenId,
  idempotencyKey: holds.idempotencyKey,
};

function now<Value>(stored: SQL.Aliased | typeof holds.state | typeof holds.endedAt, expired: SQL): SQL<Value> {
  return sql<Value>`case when ${hasExpired} then ${expired} else ${stored} end`;
}

/** Identifies a hold by user id and number. */
export interface HoldRef {
  readonly userId: string;
  readonly number: number;
}

const HOLD_ID = /^([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.h([1-9]\d{0,9})$/;

/** The id of a hold in the API. */
export function holdId({ userId, number }: HoldRef): string {
  return `${userId}.h${number}`;
}

/** The hold that an id names; undefined where it does not have the form of one. */
export function parseHoldId(id: string): HoldRef | undefined {
  const [, userId, digits] = HOLD_ID.exec(id) ?? [];
  const number = Number(digits);
  return userId !== undefined && number <= MAX_SEQUENCE ? { userId, number } : undefined;
}
