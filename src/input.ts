import { NIL, validate } from 'uuid';
import { BadUserInput } from './errors.js';

/**
 * Text as the database can keep it, within its bounds. Lengths count code points, as PostgreSQL does.
 *
 * @param field the argument's path, for the message: `input.reason`.
 * @throws BadUserInput for text that is too short or too long, or holds NUL or half of a surrogate pair.
 */
export function parseText(field: string, text: string, { least, most }: { least: number; most: number }): string {
  // UTF-16 units are at most twice as many as code points: a text that is far too long is not looked at.
  const length = text.length > 2 * most ? text.length : [...text].length;
  if (length < least || length > most) {
    throw new BadUserInput(field, `${field} must have ${least} to ${most} characters, and has ${length}.`);
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
  return parseText('search', text, { least: 0, most: 100 });
}

/** The nil UUID: an id that nothing and nobody has. */
export const NOBODY = NIL;

/** A UUID in its one spelling; anything else becomes the nil UUID, so that it finds nothing. */
export function parseId(id: string): string {
  return validate(id) ? id.toLowerCase() : NOBODY;
}
