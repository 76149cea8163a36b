/** Statements and lists whose time must not grow with the tables, as operations on the rows of `rows.ts`. */
import { BUSY_USER } from './rows.js';

/** An operation that is sent with a token that may do everything. */
export interface GrowingOperation {
  readonly title: string;
  readonly document: string;
  /** An index that it needs: without it, it reads more. undefined: those of keys, which cannot be missing. */
  readonly index?: string;
}

const list = (
  field: string,
  args: string,
  selection: string,
  rest: Omit<GrowingOperation, 'title' | 'document'> & { title: string },
) => {
  const call = `${field}${args === '' ? '' : `(${args})`}`;
  return [
    { ...rest, document: `{ ${call} { nodes { ${selection} } } }` },
    ...(args === '' ? [] : [{ ...rest, title: `${rest.title}: their number`, document: `{ ${call} { totalCount } }` }]),
  ];
};
const users = (search: string, title: string, index?: string) =>
  list('users', `search: "${search}"`, 'username', {
    title: `users, search: ${title}`,
    ...(index === undefined ? {} : { index }),
  });
const tokens = (args: string, title: string, index?: string) =>
  list('tokens', args, 'name owner { username }', {
    title: `tokens, ${title}`,
    ...(index === undefined ? {} : { index }),
  });
const audit = (args: string, title: string, index: string) =>
  list('auditLog', args, 'action actor { username } subject { username }', { title: `audit log, ${title}`, index });
const BUSY = `{ username: "${BUSY_USER}" }`;

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
/** A month of the past. */
const MONTH = `since: "${daysAgo(120)}", until: "${daysAgo(90)}"`;

export const GROWING_OPERATIONS: readonly GrowingOperation[] = [
  { title: 'a token', document: '{ viewer { kind } }' },
  { title: 'a user by name, with points', document: `{ user(by: ${BUSY}) { role points } }` },
  { title: 'a change of points', document: `mutation { addPoints(input: { user: ${BUSY}, points: 1 }) { points } }` },
  { title: 'a page of history', document: `{ user(by: ${BUSY}) { pointsHistory(first: 100) { nodes { delta } } } }` },
  {
    title: 'the newest entries of all users',
    document: '{ pointsEntries { nodes { delta user { username } } } }',
    index: 'entries_by_date',
  },
  ...list('pointsEntries', 'filter: { reference: "order 1000" }', 'delta', {
    title: 'entries of an order',
    index: 'entries_reference_created_at_user_id_sequence_idx',
  }),
  ...list('pointsEntries', `filter: { ${MONTH} }`, 'delta', { title: 'entries of a month', index: 'entries_by_date' }),
  ...list('pointsEntries', `filter: { ${MONTH}, kinds: [SPEND] }`, 'delta', {
    title: 'entries of a month, of a kind found nowhere',
    index: 'entries_by_date',
  }),
  {
    title: 'history of a user: a month',
    document: `{ user(by: ${BUSY}) { pointsHistory(filter: { ${MONTH} }) { totalCount nodes { delta } } } }`,
  },
  {
    title: 'history of a user: a kind found nowhere',
    document: `{ user(by: ${BUSY}) { pointsHistory(filter: { kinds: [SPEND] }) { totalCount nodes { delta } } } }`,
  },
  { title: 'the leaderboard', document: '{ leaderboard { nodes { username points } } }', index: 'balances_by_bracket' },
  { title: 'the newest posts', document: '{ posts { nodes { title author { username } } } }' },
  { title: 'posts of an author', document: `{ posts(author: ${BUSY}) { nodes { title } } }`, index: 'posts_by_author' },
  {
    title: 'users with their posts',
    document: '{ users { nodes { username posts(first: 5) { nodes { title } } } } }',
    index: 'posts_by_author',
  },
  {
    title: 'sessions of a user',
    document: `{ user(by: ${BUSY}) { sessions { nodes { id } } } }`,
    index: 'sessions_by_user',
  },
  {
    title: 'tokens of a user',
    document: `{ user(by: ${BUSY}) { tokens { nodes { name } } } }`,
    index: 'tokens_by_owner',
  },
  ...users('a', 'one character'),
  ...users('zz', 'two characters, found nowhere'),
  ...users('needle', 'found three times', 'users_username_trigrams_idx'),
  ...users('nothing', 'found nowhere', 'users_username_trigrams_idx'),
  ...users('anna', 'found in a tenth'),
  ...list('tokens', '', 'name owner { username }', { title: 'tokens' }),
  ...tokens(`owner: ${BUSY}`, 'owner', 'tokens_by_owner'),
  ...tokens('state: ACTIVE', 'active'),
  ...tokens('state: EXPIRED', 'expired, after as many active', 'tokens_expires_at_id_paused_at_idx'),
  ...tokens('state: REVOKED', 'revoked', 'tokens_id_idx'),
  ...tokens('state: PAUSED', 'paused, after as many others', 'tokens_paused_idx'),
  ...tokens(`owner: ${BUSY}, state: ACTIVE`, 'owner, active', 'tokens_by_owner'),
  ...tokens(`owner: ${BUSY}, state: EXPIRED`, 'owner, expired', 'tokens_owner_id_expires_at_id_idx'),
  ...tokens(`owner: ${BUSY}, state: REVOKED`, 'owner, revoked', 'tokens_owner_id_id_idx'),
  ...tokens(`owner: ${BUSY}, state: PAUSED`, 'owner, paused'),
  ...tokens('search: "needle"', 'search: found six times', 'tokens_name_trigrams_idx'),
  ...tokens('search: "nothing"', 'search: found nowhere', 'users_username_trigrams_idx'),
  ...tokens('search: "nightly"', 'search: found in a quarter'),
  ...tokens('search: "needle", state: ACTIVE', 'search: found six times, active', 'tokens_name_trigrams_idx'),
  ...list('auditLog', '', 'action actor { username } subject { username }', { title: 'audit log' }),
  ...audit('action: LOGGED_IN', 'a frequent action', 'audit_events_by_action'),
  ...audit('action: ROLE_CHANGED', 'a rare action', 'audit_events_by_action'),
  ...audit(`user: ${BUSY}`, 'user', 'audit_events_actor_id_action_id_idx'),
  ...audit(`user: ${BUSY}, action: ROLE_CHANGED`, 'user, a rare action', 'audit_events_subject_id_action_id_idx'),
];
