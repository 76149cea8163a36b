/** Describes why a message was not accepted, without an address and without anything that the receiver wrote. */

/** The host was looked up, and must not be reached. */
export class AddressNotAllowed extends Error {}

/** The host has no address. */
export class HostNotFound extends Error {}

/** There was no complete response within the timeout. */
export class Timeout extends Error {}

/** By the `code` of an error of Node's. */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'connection refused'],
  [/^(ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE)$/, 'connection reset'],
  [/^ETIMEDOUT$/, 'timeout'],
  [/^(EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL)$/, 'host not reachable'],
  [/^HPE_/, 'malformed response'],
  // What OpenSSL says of a certificate has no prefix of its own.
  [/^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|CRL_|INVALID_|HOSTNAME_)/, 'TLS failure'],
];

/** One of a few kinds: `timeout`, `connection refused`. */
export function describeSendFailure(error: unknown): string {
  if (error instanceof Timeout) return 'timeout';
  if (error instanceof AddressNotAllowed) return 'address not allowed';
  if (error instanceof HostNotFound) return 'host not found';
  const code = codeOf(error);
  return KINDS.find(([pattern]) => pattern.test(code))?.[1] ?? 'connection failed';
}

/** The code of an error of Node's; empty: it has none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
