import { hintOf, secretsIn } from './secret.js';

/** The position of a token's secret in a text. Lines and columns count from 1. */
export interface Finding {
  readonly line: number;
  readonly column: number;
  /** Identifies the token without repeating the secret. */
  readonly hint: string;
}

/** Finds the secrets of app tokens by their prefix and their checksum. */
export function scan(text: string): Finding[] {
  return text.split('\n').flatMap((content, index) =>
    secretsIn(content).map(({ secret, index: column }) => ({
      line: index + 1,
      column: column + 1,
      hint: hintOf(secret),
    })),
  );
}
