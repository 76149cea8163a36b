import { HOT_USER, type Secrets, USERS, usernameOf } from './data.js';
import type { Contender } from './line-up.js';

/** What clients ask for. */
export interface Operation {
  /** On the command line and in tables. */
  readonly name: string;
  /** In a few words. */
  readonly title: string;
  /** Which tokens it is sent with. Only `wide` and `limited` ones are not denied. */
  readonly credential: keyof Secrets;
  readonly query: string;
  /** The floor's name for it. */
  readonly path: string;
  /** Variables, other ones with each call. */
  readonly variables: (pages: readonly (string | null)[]) => object;
  /** Whether it writes an entry of the ledger. */
  readonly writes: boolean;
}

/** Stands in a request for an idempotency key. The load generator replaces it with a new key of the same length. */
export const KEY = 'the-place-of-some-unique';

const USER = 'query User($by: UserBy!) { user(by: $by) { id username role } }';
const BALANCE = 'query Balance($by: UserBy!) { user(by: $by) { id username points } }';
const USERS_WITH_POSTS =
  'query Users($after: String) { users(first: 20, after: $after) { nodes { id username posts(first: 5) { nodes { id title } } } } }';
const HISTORY =
  'query History($by: UserBy!) { user(by: $by) { id pointsHistory(first: 20) { nodes { id delta balanceAfter createdAt } } } }';
const LEADERBOARD = 'query Leaderboard { leaderboard(first: 20) { nodes { id username points } } }';
const ADD = 'mutation Add($input: AddPointsInput!) { addPoints(input: $input) { message points } }';
const SPEND = 'mutation Spend($input: SpendPointsInput!) { spendPoints(input: $input) { message points } }';

const anyone = () => usernameOf(1 + random(USERS));
const by = () => ({ by: { username: anyone() } });
const input = (username: string) => ({ input: { user: { username }, points: 1 } });
const keyed = () => ({ input: { user: { username: anyone() }, points: 1, idempotencyKey: KEY } });

const read = { credential: 'wide', writes: false } as const;
const change = { credential: 'wide', writes: true } as const;
const user = { query: USER, path: '/user', variables: by, writes: false };
const add = { query: ADD, path: '/addPoints', variables: () => input(anyone()) };

export const OPERATIONS: readonly Operation[] = [
  { ...user, name: 'user', title: 'a user by name', credential: 'wide' },
  { ...read, name: 'balance', title: 'a user with points', query: BALANCE, path: '/balance', variables: by },
  {
    ...read,
    name: 'users',
    title: '20 users with 5 posts each',
    query: USERS_WITH_POSTS,
    path: '/users',
    variables: (pages) => ({ after: pages[random(pages.length)] ?? null }),
  },
  { ...read, name: 'history', title: '20 entries of a user', query: HISTORY, path: '/history', variables: by },
  {
    ...read,
    name: 'leaderboard',
    title: 'the first 20 of the leaderboard',
    query: LEADERBOARD,
    path: '/leaderboard',
    variables: () => ({}),
  },
  { ...add, ...change, name: 'add', title: 'add points, random users' },
  {
    ...add,
    ...change,
    name: 'add-one',
    title: 'add points, one user',
    variables: () => input(usernameOf(HOT_USER)),
  },
  { ...add, ...change, name: 'add-key', title: 'add points with an idempotency key', variables: keyed },
  { ...add, ...change, name: 'add-limited', title: 'add points, a token with daily limits', credential: 'limited' },
  {
    ...change,
    name: 'spend-key',
    title: 'spend points with an idempotency key',
    query: SPEND,
    path: '/spendPoints',
    variables: keyed,
  },
  { ...add, name: 'no-scope', title: 'a token without the scope', credential: 'narrow', writes: false },
  { ...user, name: 'no-token', title: 'an unknown token', credential: 'unknown' },
];

export function operation(name: string): Operation {
  const found = OPERATIONS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`There is no operation ${name}.`);
  return found;
}

/** Where an operation goes, and its body. */
export function message(
  { isGraphQL }: Contender,
  { query, path }: Pick<Operation, 'query' | 'path'>,
  variables: object,
): { path: string; body: string } {
  return isGraphQL
    ? { path: '/graphql', body: JSON.stringify({ query, variables }) }
    : { path, body: JSON.stringify(variables) };
}

/** A number from 0 to below `count`. */
export function random(count: number): number {
  return Math.floor(Math.random() * count);
}
