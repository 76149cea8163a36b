/** What must hold under each fault, beside the rules of test/faults/invariants.ts. */
export const RULES = {
  L1: 'a token whose revocation was answered is let in by no node, from the next request on',
  L2: 'a subscription gets every entry of the ledger once and in order; that to all users unless its connection was lost',
  L3: 'no node exits by itself, and both become ready again',
  L4: 'a change is answered again by each node and by the proxy within 15 s of when the database confirms writes again',
  L5: 'no node is ready for longer than 8 s while it answers no change',
  L6: 'no change is sent to a node and answered by it while the node is not ready, except within 3 s of when that begins or ends',
  L7: 'all three servers have the same ledger afterwards: nothing was written to a standby or a former leader',
  L8: 'while no standby is connected, nothing is confirmed and both nodes are not ready, from 8 s on',
} as const;

export const BACK_WITHIN_MS = 15_000;
export const READY_IN_VAIN_MS = 8_000;
export const RED_SLACK_MS = 3_000;
