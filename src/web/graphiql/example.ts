import type { Scope } from '../../auth/scope.js';

/** An example operation. */
export interface Example {
  readonly title: string;
  /** The scopes that it needs; empty: any token. */
  readonly scopes: readonly Scope[];
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The user of the examples, by an id that another system gave them: unlike a name, it stays with its user. */
export const BOB = { external: { issuer: 'twitch', id: '1234' } };
