/**
 * The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the key of the one change that a mutation
 * makes, in place of `input.idempotencyKey`. A mutation that cannot take it is refused, since a client that sends it relies
 * on it. Queries ignore it.
 */
export type HeaderKey = { readonly key: string } | { readonly fault: string };

/** RFC 9110, section 5.5, without what is not ASCII: such bytes would be another key than the same text in the input. */
const KEY = /^[\x20-\x7e]{1,255}$/;

/** A string of structured fields (RFC 9651, section 3.3.3), without parameters. */
const STRING = /^"((?:[^"\\]|\\["\\])*)"$/;

/** What a header that applies to a whole connection is: its key would name every mutation of the connection. */
export const KEY_OF_CONNECTION: HeaderKey = {
  fault:
    'A WebSocket was opened with `Idempotency-Key`, which cannot name each of its mutations. Send the key in `input.idempotencyKey`, and connect without the header.',
};

/** Reads the header, sent once. A key that begins with a quote is a string of structured fields; any other is taken as it is. */
export function readIdempotencyHeader([value = '', ...others]: readonly string[]): HeaderKey {
  if (others.length > 0) return { fault: 'Send the header `Idempotency-Key` once.' };
  const text = value.trim();
  const quoted = STRING.exec(text)?.[1];
  if (quoted === undefined && text.startsWith('"')) {
    return {
      fault: 'The header `Idempotency-Key` has a quote that is not closed, or text after it such as parameters.',
    };
  }
  const key = quoted === undefined ? text : quoted.replace(/\\(.)/g, '$1');
  return KEY.test(key) ? { key } : { fault: 'The header `Idempotency-Key` must have 1 to 255 characters of ASCII.' };
}
