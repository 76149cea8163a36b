import type { Principal } from '../auth/principal.js';

/** An open WebSocket as it counts against the limits. */
export interface OpenSocket {
  /** The network of the client's address. */
  readonly network: string;
  /** undefined: the client has not sent `connection_init` yet. */
  readonly principal: Principal | undefined;
}

/** Sockets of one network without `connection_init`, and sockets of one network without a credential. */
const perNetwork = (max: number) => Math.ceil(max / 10);

/** Sockets of all networks without a credential. The rest is for those that have one. */
const anonymous = (max: number) => Math.ceil(max / 2);

/**
 * Finds the socket that has to close because another was opened: the one that has been without `connection_init` longest,
 * which may be the new one. undefined: the limits allow all.
 *
 * @param sockets in the order in which they were opened, the new one last.
 */
export function findSurplus<Socket extends OpenSocket>(
  sockets: readonly Socket[],
  opened: Socket,
  max: number,
): Socket | undefined {
  const waiting = sockets.filter(({ principal }) => principal === undefined);
  const neighbours = waiting.filter(({ network }) => network === opened.network);
  if (neighbours.length > perNetwork(max)) return neighbours[0];
  return sockets.length > max ? waiting[0] : undefined;
}

/** Whether a socket may stay after its `connection_init`. One with a credential always may. */
export function mayStay(sockets: readonly OpenSocket[], { network, principal }: OpenSocket, max: number): boolean {
  if (principal?.kind !== 'ANONYMOUS') return true;
  const alike = sockets.filter((socket) => socket.principal?.kind === 'ANONYMOUS');
  const neighbours = alike.filter((socket) => socket.network === network);
  return alike.length <= anonymous(max) && neighbours.length <= perNetwork(max);
}
