import { NIL, validate } from 'uuid';
import { BadUserInput } from './errors.js';

/**
 * Checks a text that the database is to keep. Lengths count code points, as in PostgreSQL.
 *
 * @param field the argument's path, for the message: `input.reason`.
 * @throws BadUserInput for text that is too short or too long, or holds NUL or half of a surrogate pair.
 */
export function parseText(
  field: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): string {
  // UTF-16 units are at most twice as many as code points: a text that is far too long is not looked at.
  const length = text.length > 2 * max ? undefined : [...text].length;
  if (length === undefined || length < min || length > max) {
    const found = length === undefined ? 'more' : String(length);
    throw new BadUserInput(field, `${field} must have ${min} to ${max} characters, and has ${found}.`);
  }
  if (text.includes('\0') || !text.isWellFormed()) {
    throw new BadUserInput(field, `${field} holds a character that cannot be kept: NUL, or half of a surrogate pair.`);
  }
  return text;
}

/**
 * The argument `search`, up to as long as the longest name.
 *
 * @throws BadUserInput as {@link parseText}.
 */
export function parseSearch(text: string): string {
  return parseText('search', text, { min: 0, max: 100 });
}

/** The nil UUID, which is the id of no row. */
export const NO_ID = NIL;

/** A UUID in lower case. Anything else becomes the nil UUID, which finds nothing. */
export function parseId(id: string): string {
  return validate(id) ? id.toLowerCase() : NO_ID;
}
