import type { NotApplied } from '../../src/client/client.js';

/** Where the API is, and the app token that the examples send. */
export interface Api {
  readonly url: string;
  readonly token: string;
}

/** The points of the user after the change, or why nothing was changed. */
export type Outcome = { readonly kind: 'APPLIED'; readonly points: number } | NotApplied;
