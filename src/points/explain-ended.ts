import { WithExtensions } from '../errors.js';
import type { Applied } from './change.js';
import { StaleCredential } from './errors.js';

/**
 * Replaces StaleCredential by the reason why the credential had ended, which the ledger does not know. Any other error is
 * returned as it is.
 *
 * @param reasonOf finds the reason.
 */
export async function explainEnded(error: unknown, reasonOf: () => Promise<unknown>): Promise<unknown> {
  const ended = error instanceof WithExtensions ? error.cause : error;
  if (!(ended instanceof StaleCredential)) return error;
  const reason = await reasonOf();
  return error instanceof WithExtensions ? new WithExtensions(reason, error.extensions) : reason;
}

/** The same for many changes by one credential; the reason is searched once. */
export async function explainAllEnded(
  results: readonly PromiseSettledResult<Applied>[],
  reasonOf: () => Promise<unknown>,
): Promise<PromiseSettledResult<Applied>[]> {
  let reason: Promise<unknown> | undefined;
  const reasonOnce = () => {
    reason ??= reasonOf();
    return reason;
  };
  const explained = results.map(async (result) =>
    result.status === 'fulfilled' ? result : { ...result, reason: await explainEnded(result.reason, reasonOnce) },
  );
  return await Promise.all(explained);
}
