import { randomInt } from 'node:crypto';
import { recordAll } from '../audit/record.js';
import type { Actor } from '../auth/actor.js';
import { requireLiveCredential } from '../auth/live-credential.js';
import type { Database, PooledDatabase } from '../database/connect.js';
import type { MissingUser } from '../points/parse-change.js';
import { ExternalIdTaken, UsernameTaken } from '../users/errors.js';
import { insertExternalIds } from '../users/insert-external-ids.js';
import { lockUsers } from '../users/lock-users.js';
import { findHolder } from '../users/read-external-ids.js';
import { isReservedUsername } from '../users/user.js';
import { insertUser } from './insert-user.js';

/** The user that has an external id, and whether this call created them. */
export interface EnsuredUser {
  readonly userId: string;
  readonly isNew: boolean;
}

/** Another node can create the same user between two statements, and a made name can be in use or rest. */
const MAX_ATTEMPTS = 5;

/**
 * Finds the user who has an external id; creates one, without password and role, where none has it. Concurrent calls, on
 * any number of nodes, create one user.
 *
 * @throws UsernameTaken for a given name; CredentialEnded, ScopesMissing; QueueFull. Nothing was created.
 */
export type EnsureUser = (missing: MissingUser, actor: Actor) => Promise<EnsuredUser>;

/** @param options.usernameRestDays USERNAME_REST_DAYS; 0: a freed name can be taken at once. */
export function createEnsureUser(options: EnsureOptions): EnsureUser {
  return (missing, actor) => ensureUser(options, missing, actor);
}

interface EnsureOptions {
  readonly database: PooledDatabase;
  readonly usernameRestDays: number;
}

async function ensureUser(
  { database, usernameRestDays }: EnsureOptions,
  missing: MissingUser,
  actor: Actor,
): Promise<EnsuredUser> {
  const { external, username } = missing;
  // One at a time for each owner of a credential, whose row each of them locks: the pool has connections left for others.
  const options = { key: `users created by ${actor.userId}`, recheck: actor.recheck };
  for (let attempt = 1; ; attempt++) {
    try {
      return await database.keyedTransactions.run(options, async (transaction) => {
        const userId = await findHolder(transaction, external);
        if (userId !== undefined) return { userId, isNew: false };
        const created = await create(transaction, { external, username, usernameRestDays }, actor);
        return { userId: created, isNew: true };
      });
    } catch (error) {
      // A given name may have been taken by another node that has created this very user.
      const maxAttempts = error instanceof UsernameTaken && username !== undefined ? 2 : MAX_ATTEMPTS;
      const isRepeatable = error instanceof ExternalIdTaken || error instanceof UsernameTaken;
      if (!isRepeatable || attempt >= maxAttempts) throw error;
    }
  }
}

interface Creation extends MissingUser, Pick<EnsureOptions, 'usernameRestDays'> {}

async function create(transaction: Database, creation: Creation, actor: Actor): Promise<string> {
  const { external, username = makeUsername(external.issuer), usernameRestDays: restDays } = creation;
  await lockUsers(transaction, actor);
  const held = await requireLiveCredential(transaction, { actor, coordinate: 'AddPointsInput.ifMissing' });
  const rules = { restDays, tellsWhen: held.includes('users:write') };
  const user = await insertUser(transaction, { username, role: 'USER', passwordHash: null }, rules);
  if (!(await insertExternalIds(transaction, user.id, [external]))) throw new ExternalIdTaken();
  await recordAll(transaction, actor, [
    { action: 'USER_CREATED', subjectId: user.id },
    { action: 'EXTERNAL_ID_LINKED', subjectId: user.id, detail: external.issuer },
  ]);
  return user.id;
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A name that tells the system and not the id, which can be an e-mail address. 36^8 names for each issuer. */
function makeUsername(issuer: string): string {
  const random = Array.from({ length: 8 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const name = `${issuer.slice(0, 40)}-${random}`;
  return isReservedUsername(name) ? `user-${name}` : name;
}
