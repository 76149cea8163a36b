import { HOT_USER, type Secrets, USERS, usernameOf } from './data.js';
import type { Contender } from './line-up.js';

/** What clients ask for. */
export interface Operation {
  readonly name: string;
  /** In a few words. */
  readonly title: string;
  /** Which tokens it is sent with. */
  readonly credential: keyof Secrets;
  readonly query: string;
  /** The floor's name for it. */
  readonly path: string;
  /** Variables, other ones with each call. */
  readonly variables: (pages: readonly (string | null)[]) => object;
  /** Whether it writes an entry of the ledger. */
  readonly writes: boolean;
}

const USER = 'query User($by: UserBy!) { user(by: $by) { id username role } }';
const USERS_WITH_POSTS =
  'query Users($after: String) { users(first: 20, after: $after) { nodes { id username posts(first: 5) { nodes { id title } } } } }';
const ADD = 'mutation Add($input: AddPointsInput!) { addPoints(input: $input) { message points } }';
const SPEND = 'mutation Spend($input: SpendPointsInput!) { spendPoints(input: $input) { message points } }';

const anyone = () => usernameOf(1 + random(USERS));
const input = (username: string) => ({ input: { user: { username }, points: 1 } });

const user = { query: USER, path: '/user', variables: () => ({ by: { username: anyone() } }), writes: false };
const add = { query: ADD, path: '/addPoints', variables: () => input(anyone()), writes: true };

export const OPERATIONS: readonly Operation[] = [
  { ...user, name: 'q1', title: 'a user by name', credential: 'wide' },
  {
    name: 'q2',
    title: '20 users with 5 posts each',
    credential: 'wide',
    query: USERS_WITH_POSTS,
    path: '/users',
    variables: (pages) => ({ after: pages[random(pages.length)] ?? null }),
    writes: false,
  },
  { ...add, name: 'm1', title: 'addPoints, random users', credential: 'wide' },
  {
    ...add,
    name: 'm2',
    title: 'addPoints, one user',
    credential: 'wide',
    variables: () => input(usernameOf(HOT_USER)),
  },
  {
    name: 's1',
    title: 'spendPoints, random users',
    credential: 'wide',
    query: SPEND,
    path: '/spendPoints',
    variables: () => input(anyone()),
    writes: true,
  },
  { ...add, name: 'd1', title: 'a token without the scope', credential: 'narrow', writes: false },
  { ...user, name: 'd2', title: 'an unknown token', credential: 'unknown' },
];

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
