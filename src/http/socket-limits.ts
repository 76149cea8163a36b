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

/** Sockets of all sessions of one user. */
const perUser = perNetwork;

/** Sockets of all sessions of one network, so that many users of one client do not take all. */
const sessionsPerNetwork = (max: number) => Math.ceil(max / 5);

/** Sockets of one app token, whose application can have many users. */
const perToken = (max: number) => Math.ceil(max / 2);

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

/**
 * Finds the sockets of a network that can no longer wait for their clients to close them: the oldest ones above what a
 * network may have open.
 *
 * @param closing the sockets that the server is closing, in the order in which they were opened.
 */
export function findOverdue<Socket extends OpenSocket>(
  closing: readonly Socket[],
  network: string,
  max: number,
): readonly Socket[] {
  const neighbours = closing.filter((socket) => socket.network === network);
  return neighbours.slice(0, Math.max(0, neighbours.length - perNetwork(max)));
}

/** Whether a socket may stay after its `connection_init`. */
export function mayStay(sockets: readonly OpenSocket[], { network, principal }: OpenSocket, max: number): boolean {
  if (principal === undefined) return true;
  if (principal.kind === 'USER') {
    const { userId } = principal;
    const sessions = sockets.filter((socket) => socket.principal?.kind === 'USER');
    return (
      countOf(sessions, (other) => other.kind === 'USER' && other.userId === userId) <= perUser(max) &&
      sessions.filter((socket) => socket.network === network).length <= sessionsPerNetwork(max)
    );
  }
  if (principal.kind === 'APP') {
    const { tokenId } = principal;
    return countOf(sockets, (other) => other.kind === 'APP' && other.tokenId === tokenId) <= perToken(max);
  }
  const alike = sockets.filter((socket) => socket.principal?.kind === 'ANONYMOUS');
  const neighbours = alike.filter((socket) => socket.network === network);
  return alike.length <= anonymous(max) && neighbours.length <= perNetwork(max);
}

function countOf(sockets: readonly OpenSocket[], isAlike: (principal: Principal) => boolean): number {
  return sockets.filter(({ principal }) => principal !== undefined && isAlike(principal)).length;
}
