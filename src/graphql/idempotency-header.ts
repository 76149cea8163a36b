/**
 * The header `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the key of the one change that a mutation
 * makes, in place of `input.idempotencyKey`. A mutation that cannot take it is refused, since a client that sends it relies
 * on it. Queries ignore it.
 */
export type HeaderKey = { readonly key: string } | { readonly fault: string };

/** RFC 9110, section 5.5, without what is not ASCII: such bytes would be another key than the same text in the input. */
const KEY = /^[\x20-\x7e]{1,255}$/;

/** Reads the header, sent once, as a token or as a string of structured fields (RFC 9651, section 3.3.3). */
export function readIdempotencyHeader([value = '', ...others]: readonly string[]): HeaderKey {
  if (others.length > 0) return { fault: 'Send the header `Idempotency-Key` once.' };
  const quoted = /^"((?:[^"\\]|\\["\\])*)"$/.exec(value.trim())?.[1];
  const key = quoted === undefined ? value.trim() : quoted.replace(/\\(.)/g, '$1');
  return KEY.test(key) ? { key } : { fault: 'The header `Idempotency-Key` must have 1 to 255 characters of ASCII.' };
}
