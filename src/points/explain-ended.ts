import { Annotated } from '../errors.js';
import { StaleCredential } from './errors.js';
import type { Applied } from './operation.js';

/**
 * Says why the credential of a change had ended: the ledger knows only that it had. Any other error stays as it is.
 *
 * @param reasonOf finds out why, now.
 */
export async function explainEnded(error: unknown, reasonOf: () => Promise<unknown>): Promise<unknown> {
  const ended = error instanceof Annotated ? error.cause : error;
  if (!(ended instanceof StaleCredential)) return error;
  const reason = await reasonOf();
  return error instanceof Annotated ? new Annotated(reason, error.extensions) : reason;
}

/** The same of many changes by one credential, which is asked about once. */
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
