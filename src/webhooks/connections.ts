/** Connections to receivers, which lead only to addresses that were checked. */
import http from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { Duplex } from 'node:stream';
import { type AddressRules, type LookUp, resolveHost } from './address.js';
import { AddressNotAllowed, HostNotFound } from './send-failure.js';

/** Idle connections are closed soon: a receiver that closes one first can break the request that is just being sent. */
const IDLE_MS = 4_000;

/** Idle connections to one host, and to all hosts of a protocol. */
const MAX_IDLE_PER_HOST = 10;
const MAX_IDLE = 100;

const OPTIONS = { keepAlive: true, timeout: IDLE_MS, maxFreeSockets: MAX_IDLE_PER_HOST };

/** The agents of a sender. A connection is used for requests to the host and the port that it was opened for, no others. */
export function createAgents(): { readonly http: http.Agent; readonly https: https.Agent; close(): void } {
  const agents = { http: new BoundedHttpAgent(OPTIONS), https: new BoundedHttpsAgent(OPTIONS) };
  return {
    ...agents,
    close: () => {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

class BoundedHttpAgent extends http.Agent {
  override keepSocketAlive(socket: Duplex): boolean {
    return hasRoom(this) && Boolean(super.keepSocketAlive(socket)); // its type lacks the result, which is documented
  }
}

class BoundedHttpsAgent extends https.Agent {
  override keepSocketAlive(socket: Duplex): boolean {
    return hasRoom(this) && Boolean(super.keepSocketAlive(socket)); // its type lacks the result, which is documented
  }
}

function hasRoom({ freeSockets }: http.Agent): boolean {
  return Object.values(freeSockets).reduce((count, sockets) => count + (sockets?.length ?? 0), 0) < MAX_IDLE;
}

/**
 * A look-up for `net.connect`, which connects to one of the addresses that it returns: nothing looks the host up again
 * between the check and the connection. Node does not call it for a host that is an address; see `requireAllowedLiteral`.
 */
export function createGuardedLookUp(lookUp: LookUp, rules: AddressRules): LookupFunction {
  return (hostname, { all }, done) => {
    resolveHost(hostname, lookUp, rules)
      .then((resolved) => {
        switch (resolved.kind) {
          case 'ADDRESSES': {
            const found = resolved.addresses.map((address) => ({ address, family: isIP(address) }));
            const [first = { address: '', family: 0 }] = found;
            return all === true ? done(null, found) : done(null, first.address, first.family);
          }
          case 'NOT_FOUND':
            return done(new HostNotFound('The host was not found.'), '', 0);
          case 'NOT_ALLOWED':
            return done(new AddressNotAllowed('An address of the host is not allowed.'), '', 0);
        }
      })
      .catch((error: Error) => done(error, '', 0));
  };
}
