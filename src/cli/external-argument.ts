import type { ExternalRef } from '../users/external-ref.js';

/** An id in another system as the command line writes it. */
export const EXTERNAL_ARGUMENT = "the user's id in another system, such as twitch:1234";

/**
 * Parses `ISSUER:ID`. The id may contain colons.
 *
 * @throws BadUserInput.
 */
export async function parseExternalArgument(text: string): Promise<ExternalRef> {
  const [{ BadUserInput }, { parseExternalRef }] = await Promise.all([
    import('../errors.js'),
    import('../users/external-ref.js'),
  ]);
  const colon = text.indexOf(':');
  if (colon < 0)
    throw new BadUserInput('external', 'An id in another system is written ISSUER:ID, such as twitch:1234.');
  return parseExternalRef('external', { issuer: text.slice(0, colon), id: text.slice(colon + 1) });
}
