import { isIP, isIPv4 } from 'node:net';
import type { Principal } from './principal.js';

/** Who does something, and from where: for the record, and for what is counted by whom. */
export interface Actor {
  /** The user behind the credential; null: nobody who is known. */
  readonly userId: string | null;
  /** The app token that was used. */
  readonly tokenId: string | null;
  /** The network address that the request came from. */
  readonly address: string | null;
  /** How it came about, where it was no ordinary request. */
  readonly origin: string | null;
}

/** Whoever sits at the machine itself. */
export const COMMAND_LINE: Actor = { userId: null, tokenId: null, address: null, origin: 'command line' };

/** The server by itself, before anybody can ask anything of it. */
export const FIRST_START: Actor = { ...COMMAND_LINE, origin: 'first start' };

/** @param address as the server gives it. */
export function actorOf(principal: Principal, address: string): Actor {
  return {
    userId: principal.kind === 'ANONYMOUS' ? null : principal.userId,
    tokenId: principal.kind === 'APP' ? principal.tokenId : null,
    address: parseAddress(address),
    origin: null,
  };
}

/** An address in its usual form; null for what is none. Some proxies report one with the port behind it. */
function parseAddress(text: string): string | null {
  if (isIPv4(text)) return text; // as most are: each request comes by here
  const address = /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
  // IPv4 over a socket of IPv6 (RFC 4291, section 2.5.5.2), and IPv6 with the name of this machine's interface behind it.
  const plain = /^::ffff:([\d.]+)$/i.exec(address)?.[1] ?? address.replace(/%.*$/, '');
  return isIP(plain) === 0 ? null : plain;
}
