import { Annotated } from '../errors.js';
import { CredentialChanged, StaleCredential } from './errors.js';
import type { Applied } from './operation.js';

/**
 * Says why the credential of a change ended: the ledger knows only that it did. Any other error stays as it is.
 *
 * @param recheck rejects with the reason, or resolves where the credential is good again.
 */
export async function explainEnded(error: unknown, recheck: () => Promise<void>): Promise<unknown> {
  const ended = error instanceof Annotated ? error.cause : error;
  if (!(ended instanceof StaleCredential)) return error;
  const reason = await recheck().then(
    () => new CredentialChanged(),
    (rejected: unknown) => rejected,
  );
  return error instanceof Annotated ? new Annotated(reason, error.extensions) : reason;
}

/** The same of many changes by one credential, with one recheck. */
export async function explainAllEnded(
  results: readonly PromiseSettledResult<Applied>[],
  recheck: () => Promise<void>,
): Promise<PromiseSettledResult<Applied>[]> {
  let rechecked: Promise<void> | undefined;
  const recheckOnce = () => {
    rechecked ??= recheck();
    return rechecked;
  };
  const explained = results.map(async (result) =>
    result.status === 'fulfilled' ? result : { ...result, reason: await explainEnded(result.reason, recheckOnce) },
  );
  return await Promise.all(explained);
}
