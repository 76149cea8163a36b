/** What messages say: of entries, and of each other event. */
import { sql } from 'drizzle-orm';
import type { PreparedDatabase } from '../database/connect.js';
import { createReadByKey, isAnyKey } from '../database/read-by-key.js';
import { type Entry, entryId, madeAt } from '../points/entry.js';
import { type Hold, type HoldRef, holdId } from '../points/holds/hold.js';
import { tokens } from '../tokens/table.js';
import type { ExternalId } from '../users/read-external-ids.js';
import type { User } from '../users/user.js';
import { EXPIRING_DAYS } from './find-events.js';
import { type Content, TYPE_OF_EVENT } from './message.js';
import type { Row } from './row.js';
import { scopesHeld, type Webhook } from './webhook.js';

/** The reads by key that contents are made of. */
export interface ContentReads {
  readonly userById: (id: string) => Promise<User | undefined>;
  readonly externalIdsOf: (userId: string) => Promise<readonly ExternalId[]>;
  readonly holdByRef: (ref: HoldRef) => Promise<Hold | undefined>;
}

/** What the message to a webhook says, which depends on the scopes that it holds at the moment. It reads nothing more. */
export type ContentFor = (webhook: Webhook) => Content;

export interface Contents {
  /** An entry as `points.entry` shows it: with ids in other systems to webhooks that hold `users:link`. */
  ofEntry(entry: Entry): Promise<ContentFor>;
  /** The event of a row; undefined: it does not apply any more, and is not sent. */
  ofEvent(row: Row): Promise<ContentFor | undefined>;
}

export function createContents(lookUps: PreparedDatabase, reads: ContentReads): Contents {
  const tokenById = createTokenById(lookUps);

  const userOf = async (id: string) => {
    const user = await reads.userById(id);
    if (user === undefined) throw new Error('The user of an event is not in the database.');
    return { id: user.id, username: user.username };
  };

  const ofHold = async (ref: HoldRef): Promise<Content | undefined> => {
    const hold = await reads.holdByRef(ref);
    if (hold === undefined || hold.endedAt === null) return undefined;
    const { points, captured, state, endedAt, reference } = hold;
    const id = holdId(hold);
    const shown = { id, user: await userOf(hold.userId), points, captured, state, endedAt, reference };
    return { id: `${id}.ended`, type: TYPE_OF_EVENT.HOLD_ENDED, at: endedAt, data: { hold: shown } };
  };

  const ofToken = async ({ event, subjectId, number }: Row): Promise<Content | undefined> => {
    const token = await tokenById(subjectId);
    if (token === undefined) return undefined;
    const { id, name, ownerId, expiresAt, revokedAt } = token;
    const data = { token: { id, name, owner: await userOf(ownerId), expiresAt, revokedAt } };
    if (event === 'TOKEN_REVOKED') {
      if (revokedAt === null) return undefined;
      return { id: `${id}.revoked`, type: TYPE_OF_EVENT.TOKEN_REVOKED, at: revokedAt, data };
    }
    const isUnchanged = expiresAt !== null && Math.floor(expiresAt.getTime() / 1_000) === number;
    if (!isUnchanged || revokedAt !== null || token.successorId !== null) return undefined;
    const at = new Date(expiresAt.getTime() - EXPIRING_DAYS * DAY_MS);
    return { id: `${id}.expiring.${number}`, type: TYPE_OF_EVENT.TOKEN_EXPIRING, at, data };
  };

  const ofDeleted = async (id: string): Promise<Content | undefined> => {
    const user = await reads.userById(id);
    if (user === undefined || user.deletedAt === null) return undefined;
    return { id: `${id}.deleted`, type: TYPE_OF_EVENT.USER_DELETED, at: user.deletedAt, data: { user: { id } } };
  };

  const eventOf = async (row: Row): Promise<Content | undefined> => {
    switch (row.event) {
      case 'POINTS_ENTRY':
        throw new Error('The entries of a user are not one event.');
      case 'HOLD_ENDED':
        return await ofHold({ userId: row.subjectId, number: row.number });
      case 'TOKEN_EXPIRING':
      case 'TOKEN_REVOKED':
        return await ofToken(row);
      case 'USER_DELETED':
        return await ofDeleted(row.subjectId);
    }
  };

  return {
    ofEntry: async (entry) => {
      const [user, linked] = await Promise.all([userOf(entry.userId), reads.externalIdsOf(entry.userId)]);
      const externalIds = linked.map(({ issuer, id }) => ({ issuer, id }));
      return (webhook) => {
        const seesLinks = scopesHeld(webhook).includes('users:link');
        const data = { id: entryId(entry), user: { ...user, ...(seesLinks && { externalIds }) }, ...fieldsOf(entry) };
        return { id: entryId(entry), type: TYPE_OF_EVENT.POINTS_ENTRY, at: madeAt(entry), data };
      };
    },
    ofEvent: async (row) => {
      const content = await eventOf(row);
      return content && (() => content);
    },
  };
}

/** What an entry shows beside its user. */
function fieldsOf(entry: Entry): object {
  const { kind, delta, balanceAfter, sequence, reason, reference, metadata } = entry;
  const items = (metadata ?? []).map(({ key, value }) => ({ key, value }));
  return { kind, delta, balanceAfter, sequence, reason, reference, metadata: items, createdAt: madeAt(entry) };
}

const DAY_MS = 86_400_000;

/** A read of the tokens that events are about, with what tells whether an event still applies. */
function createTokenById(database: PreparedDatabase) {
  const { id, name, ownerId, expiresAt, revokedAt, successorId } = tokens;
  return createReadByKey(database, {
    name: 'tokens_of_events',
    select: database
      .select({ id, name, ownerId, expiresAt, revokedAt, successorId: sql<string | null>`${successorId}` })
      .from(tokens)
      .where(isAnyKey(tokens.id)),
    keyOf: (token) => token.id,
  });
}
