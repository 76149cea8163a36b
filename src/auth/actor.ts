import { isIP, isIPv4, SocketAddress } from 'node:net';
import { networkOf } from './network.js';
import type { Principal, Role } from './principal.js';

/** The credential of a change, to be checked again where the change is made: it may have ended since it was verified. */
export type Credential =
  | {
      readonly kind: 'APP';
      readonly tokenId: string;
      /** See `AppPrincipal`. */
      readonly storedTerms: string;
      /** The counter of its limits for a day over all users; null: it has none. */
      readonly dayCounter: string | null;
    }
  /** `role` is the role by which the session was allowed to make the change. */
  | { readonly kind: 'USER'; readonly sessionId: string; readonly role: Role }
  /** A public operation, the command line or the server itself: there is no credential that could end. */
  | { readonly kind: 'NONE' };

/** The principal as it is recorded, with the address that the request came from. */
export interface Actor {
  /** The user of the session or the owner of the token; null: unknown. */
  readonly userId: string | null;
  readonly credential: Credential;
  /** The network address that the request came from. */
  readonly address: string | null;
  /** The network of that address, by which attempts are counted. */
  readonly network: string;
  /** The origin of what is not an ordinary request. */
  readonly origin: string | null;
  /** Called after waiting, before anything is changed. See {@link Recheck}. */
  readonly recheck: Recheck;
}

/**
 * Verifies the credential of a running operation again.
 *
 * @throws CredentialEnded; NetworkNotAllowed; OperationAbandoned where the operation has timed out.
 */
export type Recheck = () => Promise<void>;

/** The operator, on the command line of the machine. */
export const COMMAND_LINE: Actor = {
  userId: null,
  credential: { kind: 'NONE' },
  address: null,
  network: networkOf(null),
  origin: 'command line',
  recheck: async () => {},
};

/** The server itself, before it listens. */
export const FIRST_START: Actor = { ...COMMAND_LINE, origin: 'first start' };

/** The server itself, in its background work. */
export const SERVER: Actor = { ...COMMAND_LINE, origin: 'server' };

export function actorOf(principal: Principal, request: Pick<Actor, 'address' | 'network' | 'recheck'>): Actor {
  const { address, network, recheck } = request;
  return {
    userId: principal.kind === 'ANONYMOUS' ? null : principal.userId,
    credential: credentialOf(principal),
    address,
    network,
    origin: null,
    recheck,
  };
}

/** The credential of a principal. */
export function credentialOf(principal: Principal): Credential {
  switch (principal.kind) {
    case 'ANONYMOUS':
      return { kind: 'NONE' };
    case 'APP':
      return {
        kind: 'APP',
        tokenId: principal.tokenId,
        storedTerms: principal.storedTerms,
        dayCounter: principal.restrictions?.countsDays ? principal.restrictions.rootId : null,
      };
    case 'USER':
      return { kind: 'USER', sessionId: principal.sessionId, role: principal.role };
  }
}

/** An address in its canonical form, without the port that some proxies append; null for text that is no address. */
export function parseAddress(text: string): string | null {
  if (isIPv4(text)) return text; // the common case, on the path of each request
  const address = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  if (isIP(address) !== 6) return isIP(address) === 0 ? null : address;
  // IPv6 with the zone of a local interface, and IPv4 over a socket of IPv6 (RFC 4291, section 2.5.5.2), however written.
  const canonical = new SocketAddress({ address: address.replace(/%.*$/, ''), family: 'ipv6' }).address;
  return /^::ffff:([\d.]+)$/.exec(canonical)?.[1] ?? canonical;
}
