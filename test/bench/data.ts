import { generateSecret, hashSecret } from '../../src/tokens/secret.js';

/** What all contenders have in their databases: numbered users, each with five posts, and tokens of two kinds. */
export const USERS = 10_000;
export const POSTS_OF_USER = 5;
export const TOKENS = 1_000;
/** A page of the history is full. */
export const ENTRIES_OF_USER = 20;

/** How many entries there are before: so many users have so many each. */
export interface Ledger {
  readonly users: number;
  readonly each: number;
}

/** SQL for what each entry that was there before gave to its user, by their number: some this, some that. */
export const pointsOfEntry = (number: string) => `(1000000 + ${number} * 7919 % 10000 * 1000)::bigint`;

/** The same for a number. */
export const pointsOf = (number: number) => 1_000_000 + ((number * 7_919) % 10_000) * 1_000;

/** The user whom the operations on one user change. */
export const HOT_USER = 1;

/** Secrets that clients hold. */
export interface Secrets {
  /** Of tokens that may do all that is measured. */
  readonly wide: readonly string[];
  /** Of a token that may do the same, with limits for a day: in all and per user, so high that none is reached. */
  readonly limited: readonly string[];
  /** Of tokens that may only read. */
  readonly narrow: readonly string[];
  /** Of no token: well-formed, so that only a look-up shows it. */
  readonly unknown: readonly string[];
}

export const WIDE_SCOPES = ['users:read', 'posts:read', 'points:read', 'points:add', 'points:spend'];
export const NARROW_SCOPES = ['users:read', 'posts:read'];

export function generateSecrets(): Secrets {
  const secrets = (count: number) => Array.from({ length: count }, generateSecret);
  return { wide: secrets(TOKENS - 101), limited: secrets(1), narrow: secrets(100), unknown: secrets(100) };
}

export const hashes = (secrets: readonly string[]) => secrets.map(hashSecret);

/** The name of a user, by their number from 1; names sort as the numbers do. */
export const usernameOf = (number: number) => `user_${String(number).padStart(5, '0')}`;

/** SQL for the ids of users, tokens and posts by their number: the same in every database. */
export const idOf = (kind: 'user' | 'token' | 'post', number: string) =>
  `('00000000-0000-7000-8${{ user: '001', token: '002', post: '003' }[kind]}-' || lpad(to_hex(${number}), 12, '0'))::uuid`;

/** The id of a user, as that SQL makes it. */
export const userId = (number: number) => `00000000-0000-7000-8001-${number.toString(16).padStart(12, '0')}`;

/** The numbers of a user's posts, newest first: each of five rounds wrote one post for every user. */
export const postsOf = (user: number) =>
  Array.from({ length: POSTS_OF_USER }, (_, round) => (POSTS_OF_USER - 1 - round) * USERS + user);

export const postId = (number: number) => `00000000-0000-7000-8003-${number.toString(16).padStart(12, '0')}`;
