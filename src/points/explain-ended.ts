import { CredentialChanged } from '../auth/errors.js';
import { requireScopes } from '../auth/live-credential.js';
import type { Coordinate } from '../auth/permissions.js';
import type { Authenticated } from '../auth/principal.js';
import { WithExtensions } from '../errors.js';
import type { Applied } from './change.js';
import { StaleCredential } from './errors.js';

/** The field that changes points, and the credential by which it was allowed to. */
export interface PointsField {
  readonly coordinate: Coordinate;
  /** Finds the user whose points a user may change there if they are their own; absent: ownership does not suffice. */
  readonly ownerId?: () => Promise<string>;
  /** Verifies the credential now. @throws the reason why it has ended. */
  readonly verify: () => Promise<Authenticated>;
}

/**
 * Replaces StaleCredential by the reason why the credential had ended, which the ledger does not know. Any other error is
 * returned as it is.
 */
export async function explainEnded(error: unknown, field: PointsField): Promise<unknown> {
  return await explainWith(error, () => reasonOfEnd(field));
}

/** The same for many changes by one credential; the reason is searched once. */
export async function explainAllEnded(
  results: readonly PromiseSettledResult<Applied>[],
  field: PointsField,
): Promise<PromiseSettledResult<Applied>[]> {
  let reason: Promise<unknown> | undefined;
  const reasonOnce = () => {
    reason ??= reasonOfEnd(field);
    return reason;
  };
  const explained = results.map(async (result) =>
    result.status === 'fulfilled' ? result : { ...result, reason: await explainWith(result.reason, reasonOnce) },
  );
  return await Promise.all(explained);
}

async function explainWith(error: unknown, reasonOf: () => Promise<unknown>): Promise<unknown> {
  const ended = error instanceof WithExtensions ? error.cause : error;
  if (!(ended instanceof StaleCredential)) return error;
  const reason = await reasonOf();
  return error instanceof WithExtensions ? new WithExtensions(reason, error.extensions) : reason;
}

/** Why a change was not made whose credential, under the lock, was no longer the one that had been allowed to make it. */
async function reasonOfEnd({ coordinate, ownerId, verify }: PointsField): Promise<unknown> {
  try {
    const by = await verify();
    requireScopes({ by, coordinate, ownerId: await ownerId?.() }, by.scopes);
    return new CredentialChanged();
  } catch (reason) {
    return reason;
  }
}
