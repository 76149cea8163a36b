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

/**
 * Checks the input `ExternalIdInput`.
 *
 * @param field the path of the input, for messages.
 * @throws BadUserInput naming the field.
 */
export function parseExternalRef(field: string, { issuer, id }: ExternalRef): ExternalRef {
  return { issuer: parseIssuer(`${field}.issuer`, issuer), id: parseText(`${field}.id`, id, EXTERNAL_ID) };
}

/** @throws BadUserInput naming the field. */
export function parseIssuer(field: string, issuer: string): string {
  if (ISSUER.test(issuer)) return issuer;
  throw new BadUserInput(field, 'An issuer has 1 to 64 characters out of a–z, 0–9, `.` and `-`, in lower case.');
}
