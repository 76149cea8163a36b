/** Who makes a request. Scopes are given as credentials carry them; unknown ones are ignored. */
export type Caller =
  | { readonly kind: 'ANONYMOUS' }
  | {
      readonly kind: 'APP';
      readonly scopes: Iterable<string>;
      /** Names the caller within a sentence: `the app token "shop"`. */
      readonly name: string;
    }
  | {
      readonly kind: 'USER';
      readonly userId: string;
      readonly scopes: Iterable<string>;
      /** Names the caller within a sentence: `the user alice`. */
      readonly name: string;
    };
