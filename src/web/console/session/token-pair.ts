import type { PairFragment } from '../../generated.js';

/** The tokens of a session, with its user. */
export type TokenPair = Omit<PairFragment, 'expiresIn'> & {
  /** When to renew the access token, in milliseconds since 1970 by this browser's clock. */
  readonly renewAt: number;
};
