import type { Principal } from '../auth/principal.js';

/** A WebSocket as it counts against the limits. */
export interface CountedSocket {
  /** The network of the client's address. */
  readonly network: string;
  /** undefined: the client has not sent `connection_init` yet. */
  readonly principal: Principal | undefined;
  /** The server is closing it. */
  readonly isClosed: boolean;
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

/** The sockets that have to go because another was opened. */
export interface Excess<Socket> {
  /**
   * The one that has been without `connection_init` longest, which may be the new one, and has to close; undefined: the
   * limits allow all.
   */
  readonly surplus: Socket | undefined;
  /** Those being closed that can no longer wait for their clients: the oldest above what a network may have open. */
  readonly overdue: readonly Socket[];
}

/** @param sockets in the order in which they were opened, the new one last. */
export function findExcess<Socket extends CountedSocket>(
  sockets: Iterable<Socket>,
  { network }: CountedSocket,
  max: number,
): Excess<Socket> {
  let openCount = 0;
  let longestWaiting: Socket | undefined;
  const waitingNeighbours: Socket[] = [];
  const closingNeighbours: Socket[] = [];
  for (const socket of sockets) {
    const isNeighbour = socket.network === network;
    if (socket.isClosed) {
      if (isNeighbour) closingNeighbours.push(socket);
      continue;
    }
    openCount++;
    if (socket.principal !== undefined) continue;
    longestWaiting ??= socket;
    if (isNeighbour) waitingNeighbours.push(socket);
  }
  const ofAll = openCount > max ? longestWaiting : undefined;
  return {
    surplus: waitingNeighbours.length > perNetwork(max) ? waitingNeighbours[0] : ofAll,
    overdue: closingNeighbours.slice(0, Math.max(0, closingNeighbours.length - perNetwork(max))),
  };
}

/** Whether a socket may stay after its `connection_init`. */
export function mayStay(sockets: Iterable<CountedSocket>, { network, principal }: CountedSocket, max: number): boolean {
  switch (principal?.kind) {
    case undefined:
      return true;
    case 'USER':
      return (
        countOf(sockets, (other) => other.kind === 'USER' && other.userId === principal.userId).all <= perUser(max) &&
        countOf(sockets, (other) => other.kind === 'USER', network).neighbours <= sessionsPerNetwork(max)
      );
    case 'APP':
      return (
        countOf(sockets, (other) => other.kind === 'APP' && other.tokenId === principal.tokenId).all <= perToken(max)
      );
    case 'ANONYMOUS': {
      const { all, neighbours } = countOf(sockets, (other) => other.kind === 'ANONYMOUS', network);
      return all <= anonymous(max) && neighbours <= perNetwork(max);
    }
  }
}

function countOf(sockets: Iterable<CountedSocket>, isAlike: (principal: Principal) => boolean, network?: string) {
  let all = 0;
  let neighbours = 0;
  for (const socket of sockets) {
    if (socket.isClosed || socket.principal === undefined || !isAlike(socket.principal)) continue;
    all++;
    if (socket.network === network) neighbours++;
  }
  return { all, neighbours };
}
