import { isIP, isIPv4 } from 'node:net';
import type { Principal, Role } from './principal.js';

/** The credential of a change, to be checked again where the change is made: it may have ended since it was verified. */
export type Credential =
  | { readonly kind: 'APP'; readonly tokenId: string }
  /** `role` is the role by which the session was allowed to make the change. */
  | { readonly kind: 'USER'; readonly sessionId: string; readonly role: Role }
  /** A public operation, the command line or the server itself: nothing that could end. */
  | { readonly kind: 'NONE' };

/** The principal as it is recorded, with the address that the request came from. */
export interface Actor {
  /** The user behind the credential; null: unknown. */
  readonly userId: string | null;
  readonly credential: Credential;
  /** The network address that the request came from. */
  readonly address: string | null;
  /** How it came about, where it was no ordinary request. */
  readonly origin: string | null;
  /** Verifies the credential again: called by what has waited, before it changes anything. See {@link Recheck}. */
  readonly recheck: Recheck;
}

/**
 * Verifies the credential of a running operation again.
 *
 * @throws CredentialEnded; OperationAbandoned where the operation was answered already because it took too long.
 */
export type Recheck = () => Promise<void>;

/** Whoever sits at the machine itself. */
export const COMMAND_LINE: Actor = {
  userId: null,
  credential: { kind: 'NONE' },
  address: null,
  origin: 'command line',
  recheck: async () => {},
};

/** The server by itself, before anybody can ask anything of it. */
export const FIRST_START: Actor = { ...COMMAND_LINE, origin: 'first start' };

/** @param address as the server gives it. */
export function actorOf(principal: Principal, { address, recheck }: { address: string; recheck: Recheck }): Actor {
  return {
    userId: principal.kind === 'ANONYMOUS' ? null : principal.userId,
    credential: credentialOf(principal),
    address: parseAddress(address),
    origin: null,
    recheck,
  };
}

/** The credential that a principal stands for. */
export function credentialOf(principal: Principal): Credential {
  switch (principal.kind) {
    case 'ANONYMOUS':
      return { kind: 'NONE' };
    case 'APP':
      return { kind: 'APP', tokenId: principal.tokenId };
    case 'USER':
      return { kind: 'USER', sessionId: principal.sessionId, role: principal.role };
  }
}

/** An address in its usual form; null for what is none. Some proxies report one with the port behind it. */
export function parseAddress(text: string): string | null {
  if (isIPv4(text)) return text; // as most are: each request comes by here
  const address = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  // IPv4 over a socket of IPv6 (RFC 4291, section 2.5.5.2), and IPv6 with the name of this machine's interface behind it.
  const plain = /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address.replace(/%.*$/, '');
  return isIP(plain) === 0 ? null : plain;
}
