import { v7 as uuid } from 'uuid';
import { inOrder, type Scope } from '../auth/scope.js';
import type { Database } from '../database/connect.js';
import { UserNotFound } from '../users/errors.js';
import { isUser } from '../users/read-users.js';
import { users } from '../users/table.js';
import type { UserRef } from '../users/user.js';
import { generateSecret, hashSecret, hintOf } from './secret.js';
import { tokens } from './table.js';
import type { Token } from './token.js';

/** A token to issue. `name` and `scopes` have been checked: 1 to 100 characters, at least one. */
export interface NewToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly owner: UserRef;
  /** In the future; null: never. */
  readonly expiresAt: Date | null;
  /** Who issues it; null: the command line. */
  readonly issuedById: string | null;
}

/**
 * Issues a token. Its secret is in the answer and nowhere else.
 *
 * @throws UserNotFound when there is no such owner. Nothing was issued.
 */
export async function issueToken(database: Database, token: NewToken): Promise<{ secret: string; token: Token }> {
  const secret = generateSecret();
  return await database.transaction(async (transaction) => {
    // Shared lock: the owner cannot be deleted, and their tokens revoked, between this look and the insertion.
    const [owner] = await transaction.select({ id: users.id }).from(users).where(isUser(token.owner)).for('share');
    if (owner === undefined) throw new UserNotFound();
    const [issued] = await transaction
      .insert(tokens)
      .values({
        id: uuid(),
        name: token.name,
        format: 'OPAQUE',
        secretHash: hashSecret(secret),
        hint: hintOf(secret),
        scopes: inOrder(token.scopes),
        ownerId: owner.id,
        issuedById: token.issuedById,
        expiresAt: token.expiresAt,
      })
      .returning();
    if (issued === undefined) throw new Error('The insertion of a token returned no row.');
    const { secretHash: _, ...kept } = issued;
    return { secret, token: { ...kept, lastUsedAt: null, isExpired: false } };
  });
}
