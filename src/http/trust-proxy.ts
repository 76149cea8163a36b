import type { IncomingMessage } from 'node:http';
import proxyAddr from '@fastify/proxy-addr';
import type { TrustedProxies } from '../config-values.js';

/** @param hop 0: `address` is that of the peer. */
export type IsTrusted = (address: string, hop: number) => boolean;

/** Loopback (127.0.0.0/8, ::1), link-local (169.254.0.0/16, fe80::/10) and private addresses (RFC 1918, RFC 4193). */
const isLocal = proxyAddr.compile(['loopback', 'linklocal', 'uniquelocal']);

/**
 * Decides whose `X-Forwarded-For` is trusted, hop by hop from the peer. A peer that is not trusted is the client, and its
 * header is ignored.
 */
export function trustProxy(trusted: TrustedProxies): IsTrusted {
  if (trusted.kind === 'addresses') return proxyAddr.compile([...trusted.addresses]);
  const { hops } = trusted;
  // A count alone would let every client that reaches the port choose its address (CVE-2026-16732).
  return (address, hop) => hop < hops && (hop > 0 || isLocal(address, hop));
}

/** Whether a peer that is not trusted claims to forward a request: then its address may not be that of the client. */
export function isForwardedUntrusted({ headers, socket }: IncomingMessage, isTrusted: IsTrusted): boolean {
  const isForwarded = headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;
  return isForwarded && !isTrusted(socket.remoteAddress ?? '', 0);
}
