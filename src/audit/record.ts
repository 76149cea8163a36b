import { v7 as uuid } from 'uuid';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import type { AuditAction } from './event.js';
import { auditEvents } from './table.js';

/** An event to record. */
export interface NewEvent {
  readonly action: AuditAction;
  /** The user that the action affected; for a token, its owner. Null: unknown. */
  readonly subjectId: string | null;
  /** The token that the action affected. */
  readonly tokenId?: string;
  /** Up to 200 characters, without secrets, passwords and names. */
  readonly detail?: string;
}

/** Records an event in the transaction of the action: both are committed, or neither. */
export async function record(transaction: Database, actor: Actor, event: NewEvent): Promise<void> {
  await recordAll(transaction, actor, [event]);
}

/** Records events, at least one, in one statement. */
export async function recordAll(transaction: Database, actor: Actor, newEvents: readonly NewEvent[]): Promise<void> {
  const events = newEvents.map(({ detail = actor.origin, ...done }) => ({
    id: uuid(),
    ...done,
    actorId: actor.userId,
    actorTokenId: actor.credential.kind === 'APP' ? actor.credential.tokenId : null,
    address: actor.address,
    detail,
  }));
  await transaction.insert(auditEvents).values(events);
}
