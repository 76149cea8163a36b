/** Names the queues in which changes of points wait. Changes of one queue are attempted in their order. */
import { refKey } from '../users/user.js';
import { concernsTwoUsers, type PointsChange, receiverOf } from './change.js';

type QueueOf = (change: PointsChange) => string | undefined;

/** Names the users whose points a change concerns, but for the other one of a transfer that it reverses. */
export function accountsOf(change: PointsChange): readonly string[] {
  const receiver = receiverOf(change);
  return receiver === undefined ? [accountOf(change)] : [accountOf(change), refKey(receiver)];
}

/**
 * Names the queue of a single change; undefined: that of the user it waits for. A change between two users keeps no further
 * changes of the other one waiting.
 */
export function queueOf(change: PointsChange): string | undefined {
  return concernsTwoUsers(change) ? undefined : accountOf(change);
}

/**
 * Returns what names the queues of a list. Users between whom the list moves points share one, as do users that these are
 * connected with: the order of the changes of one can depend on those of another.
 */
export function queuesOfList(changes: readonly PointsChange[], list: string): QueueOf {
  const connected = new Map<string, string>();
  const rootOf = (account: string): string => {
    const next = connected.get(account);
    return next === undefined || next === account ? account : rootOf(next);
  };
  for (const change of changes) {
    const [from, to] = accountsOf(change);
    if (from === undefined || to === undefined) continue;
    connected.set(rootOf(to), rootOf(from));
    connected.set(rootOf(from), rootOf(from));
  }
  return (change) => {
    const account = accountOf(change);
    return connected.has(account) ? `${list} ${rootOf(account)}` : account;
  };
}

/** Names the queue of a user's changes. A user has several names here, and so may have several queues: that costs only time. */
function accountOf({ user }: PointsChange): string {
  return refKey(user);
}
