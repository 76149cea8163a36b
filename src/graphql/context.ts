import type { Principal } from '../auth/principal.js';
import type { Database } from '../database/connect.js';
import type { Ledger } from '../points/ledger.js';
import type { Passwords } from '../users/password.js';
import type { Reads } from './reads.js';

/** What a resolver is given: who asks, and what there is to answer with. */
export interface Context extends Services {
  readonly principal: Principal;
  /** Names the request in the log, and to the client where something unforeseen went wrong. */
  readonly requestId: string;
}

/** The parts of the process that requests share. */
export interface Services {
  readonly database: Database;
  readonly reads: Reads;
  readonly ledger: Ledger;
  readonly passwords: Passwords;
}
