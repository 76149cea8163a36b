import { hintOf, secretsIn } from './secret.js';

/** Where a token's secret lies in a text. Lines and columns count from 1. */
export interface Finding {
  readonly line: number;
  readonly column: number;
  /** Enough to recognise the token by, and not the secret once more. */
  readonly hint: string;
}

/** Finds the secrets of app tokens by their prefix, and tells by their checksum that they are no accident. */
export function scan(text: string): Finding[] {
  return text.split('\n').flatMap((content, index) =>
    secretsIn(content).map(({ secret, index: column }) => ({
      line: index + 1,
      column: column + 1,
      hint: hintOf(secret),
    })),
  );
}
