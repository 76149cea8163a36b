import { v7 as uuid } from 'uuid';
import type { Actor } from '../auth/actor.js';
import type { Database } from '../database/connect.js';
import type { AuditAction } from './event.js';
import { auditEvents } from './table.js';

/** What was done, and to whom. */
export interface Deed {
  readonly action: AuditAction;
  /** The user that it happened to; for a token, its owner. Null: nobody who is known. */
  readonly subjectId: string | null;
  /** The token that it happened to. */
  readonly tokenId?: string;
  /** At most 200 characters, of which none is a secret's, a password's or a name's. */
  readonly detail?: string;
}

/** Records what was done, in the transaction that does it: both happen or neither. */
export async function record(transaction: Database, actor: Actor, deed: Deed): Promise<void> {
  await recordAll(transaction, actor, [deed]);
}

/** The same for many deeds, of which there is at least one, in one statement. */
export async function recordAll(transaction: Database, actor: Actor, deeds: readonly Deed[]): Promise<void> {
  const events = deeds.map(({ detail = actor.origin, ...done }) => ({
    id: uuid(),
    ...done,
    actorId: actor.userId,
    actorTokenId: actor.credential.kind === 'APP' ? actor.credential.tokenId : null,
    address: actor.address,
    detail,
  }));
  await transaction.insert(auditEvents).values(events);
}
