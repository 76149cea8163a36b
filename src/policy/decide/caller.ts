/**
 * Who makes a request. Scopes are given as credentials carry them; unknown ones are ignored. `mayDelegate: false`: the caller
 * gives no access to others, whatever the scopes; see `Delegation`.
 */
export type Caller =
  | { readonly kind: 'ANONYMOUS' }
  | {
      readonly kind: 'APP';
      readonly scopes: Iterable<string>;
      /** Names the caller within a sentence: `the app token "shop"`. */
      readonly name: string;
      readonly mayDelegate?: boolean;
    }
  | {
      readonly kind: 'USER';
      readonly userId: string;
      readonly scopes: Iterable<string>;
      /** Names the caller within a sentence: `the user alice`. */
      readonly name: string;
      readonly mayDelegate?: boolean;
    };

/** Whether a caller may give access to others, as far as their scopes allow. */
export function mayDelegate(caller: Caller): boolean {
  return caller.kind === 'ANONYMOUS' || caller.mayDelegate !== false;
}
