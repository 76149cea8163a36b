import { BadUserInput } from '../errors.js';
import { parseText } from '../input.js';

/** The id of a user in another system. */
export interface ExternalRef {
  /** The other system. */
  readonly issuer: string;
  /** The user's id there, compared to the letter. */
  readonly id: string;
}

const ISSUER = /^[a-z0-9.-]{1,64}$/;

const EXTERNAL_ID = { min: 1, max: 255 };

/** The ids in other systems that one user can have. */
export const MAX_EXTERNAL_IDS = 20;

/**
 * Checks the input `ExternalIdInput`.
 *
 * @param field the path of the input, for messages.
 * @throws BadUserInput naming the field.
 */
export function parseExternalRef(field: string, { issuer, id }: ExternalRef): ExternalRef {
  return { issuer: parseIssuer(`${field}.issuer`, issuer), id: parseText(`${field}.id`, id, EXTERNAL_ID) };
}

/**
 * Checks a list of ids for one user: at most {@link MAX_EXTERNAL_IDS}, each of them once.
 *
 * @param field the path of the list, for messages.
 * @throws BadUserInput naming the list, or the item.
 */
export function parseExternalRefs(field: string, refs: readonly ExternalRef[]): ExternalRef[] {
  if (refs.length > MAX_EXTERNAL_IDS) {
    throw new BadUserInput(field, `${field} must have at most ${MAX_EXTERNAL_IDS} items, and has ${refs.length}.`);
  }
  const parsed = refs.map((ref, index) => parseExternalRef(`${field}.${index}`, ref));
  parsed.forEach((ref, index) => {
    const first = parsed.findIndex(({ issuer, id }) => issuer === ref.issuer && id === ref.id);
    if (first < index) throw new BadUserInput(`${field}.${index}`, `${field}.${index} repeats ${field}.${first}.`);
  });
  return parsed;
}

/** @throws BadUserInput naming the field. */
export function parseIssuer(field: string, issuer: string): string {
  if (ISSUER.test(issuer)) return issuer;
  throw new BadUserInput(field, 'An issuer has 1 to 64 characters out of a–z, 0–9, `.` and `-`, in lower case.');
}
