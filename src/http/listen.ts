import type { FastifyInstance } from 'fastify';

/** What a server that listens on them has for an address: those of IPv6, which include IPv4, and those of IPv4 alone. */
const ALL_INTERFACES = new Set(['::', '0.0.0.0']);

const CANNOT_LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use. Stop the other process, or set PORT to another one',
  EACCES: 'the system does not permit it. Set PORT to 1024 or above',
  EADDRNOTAVAIL: 'this machine does not have that address. Set HOST to one of its own',
  ENOTFOUND: 'the host does not exist. Set HOST to an address of this machine',
};

/**
 * Why a server cannot listen, and what to do, without a full stop; undefined: the code is not known.
 *
 * @param code the system's code of the error.
 */
export function describeListenError(code: string): string | undefined {
  return CANNOT_LISTEN[code];
}

interface Listening {
  /** Without a slash at the end. It can be opened on this machine, which a wildcard address cannot be in each browser. */
  readonly url: string;
  readonly onAllInterfaces: boolean;
}

/** Starts to accept requests; port 0 lets the system choose. */
export async function listen(
  server: FastifyInstance,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<Listening> {
  const url = await server.listen({ host, port });
  const address = server.server.address();
  const onAllInterfaces = typeof address === 'object' && address !== null && ALL_INTERFACES.has(address.address);
  return onAllInterfaces ? { url: `http://localhost:${address.port}`, onAllInterfaces } : { url, onAllInterfaces };
}
