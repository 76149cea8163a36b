import type { HoldRef } from '../points/holds/hold.js';

/** A hold as commands take one. */
export const HOLD_ARGUMENT = 'the id that `scrip hold` prints';

/** @throws BadUserInput */
export async function parseHoldArgument(text: string): Promise<HoldRef> {
  const [{ BadUserInput }, { parseHoldId }] = await Promise.all([
    import('../errors.js'),
    import('../points/holds/hold.js'),
  ]);
  const ref = parseHoldId(text);
  if (ref === undefined) throw new BadUserInput('hold', 'This is not the id of a hold, as `scrip hold` prints it.');
  return ref;
}
