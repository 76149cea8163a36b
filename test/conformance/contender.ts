import type { World } from './world.js';

/** A library in the comparison. */
export interface Contender {
  readonly title: string;
  /** The package whose version the table names; absent: this repository. */
  readonly package?: string;
  /** The ways to set it up that its manual offers, each by a word of its own. The one that passes most cases counts. */
  readonly settings: Readonly<Record<string, (world: World) => Ask | Promise<Ask>>>;
}

/** Sends an operation as this caller. What a library throws to refuse it is an error of the response. */
export type Ask = (source: string, caller: Caller) => Promise<Response>;

export interface Caller {
  readonly scopes: readonly string[];
  /** The user who logged in; absent: an application. */
  readonly userId?: string;
}

export interface Response {
  readonly data?: Readonly<Record<string, unknown>> | null | undefined;
  readonly errors?: readonly { readonly message: string }[] | undefined;
}
