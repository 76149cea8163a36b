import type { Principal } from '../auth/principal.js';

/** An open WebSocket, as far as it takes up room. */
export interface Occupant {
  /** The network that the client's address is in. */
  readonly network: string;
  /** undefined: the client has not said yet who it is. */
  readonly principal: Principal | undefined;
}

/** How many sockets of one address may wait to be told who they are, and how many may have no credential. */
const perNetwork = (max: number) => Math.ceil(max / 10);

/** How many sockets may have no credential, of all addresses together. The rest is for those that have one. */
const anonymous = (max: number) => Math.ceil(max / 2);

/**
 * Finds the socket that has to close because another was opened: the one that has waited longest to be told who it is,
 * which may be the new one itself. undefined: there is room.
 *
 * @param occupants in the order in which they were opened, the new one last.
 */
export function findSurplus<Socket extends Occupant>(
  occupants: readonly Socket[],
  opened: Socket,
  max: number,
): Socket | undefined {
  const waiting = occupants.filter(({ principal }) => principal === undefined);
  const neighbours = waiting.filter(({ network }) => network === opened.network);
  if (neighbours.length > perNetwork(max)) return neighbours[0];
  return occupants.length > max ? waiting[0] : undefined;
}

/** Whether a socket may stay that has said who it is. One with a credential always may. */
export function mayStay(occupants: readonly Occupant[], { network, principal }: Occupant, max: number): boolean {
  if (principal?.kind !== 'ANONYMOUS') return true;
  const alike = occupants.filter((occupant) => occupant.principal?.kind === 'ANONYMOUS');
  const neighbours = alike.filter((occupant) => occupant.network === network);
  return alike.length <= anonymous(max) && neighbours.length <= perNetwork(max);
}
