/** What clients send. */
export interface Operation {
  /** @param tag names the request, so that its effects are found. */
  readonly query: (tag: string) => string;
  /** Whether it needs more than `users:read`. */
  readonly needsPrivilege: boolean;
  /** Whether it is the one change of points that a statement judges, where the credential is a token. */
  readonly isOneChange?: true;
  /** The effects that it has where nothing goes wrong, each by the alias of its field; absent: it is a query. */
  readonly effects?: readonly string[];
}

export const SHARED_KEY = 'a key';

const add = (alias: string, tag: string, key?: string) =>
  `${alias}: addPoints(input: { user: { username: "ann" }, points: 1, reason: "${tag}.${alias}"${key === undefined ? '' : `, idempotencyKey: "${key}"`} }) { points replayed }`;

const post = (alias: string, tag: string) =>
  `${alias}: createPost(input: { author: { username: "${tag}.${alias}" }, title: "a", body: "b" }) { post { id } }`;

const ERROR = 'error { code effect }';

export const OPERATIONS = {
  USER: { query: () => '{ user(by: { username: "ann" }) { id username } }', needsPrivilege: false },
  NESTED: { query: () => '{ user(by: { username: "ann" }) { id points } }', needsPrivilege: true },
  VIEWER: { query: () => '{ viewer { scopes expiresAt } }', needsPrivilege: false },
  ADD: {
    query: (tag) => `mutation { ${add('a', tag)} }`,
    needsPrivilege: true,
    isOneChange: true,
    effects: ['a'],
  },
  /** Requests that send it share the key, so that all but one replay its result. */
  ADD_ONCE: {
    query: (tag) => `mutation { ${add('a', tag, SHARED_KEY)} }`,
    needsPrivilege: true,
    isOneChange: true,
    effects: ['a'],
  },
  /** Is refused, because ann has fewer points, and the refusal is stored. */
  SPEND: {
    query: (tag) =>
      `mutation { a: spendPoints(input: { user: { username: "ann" }, points: 999, reason: "${tag}.a", idempotencyKey: "of ${tag}" }) { points replayed } }`,
    needsPrivilege: true,
    isOneChange: true,
    effects: ['a'],
  },
  RESOLVE: {
    query: () =>
      `mutation { a: resolvePoints(input: { user: { username: "ann" }, idempotencyKey: "${SHARED_KEY}" }) { result { payload { points replayed } ${ERROR} } } }`,
    needsPrivilege: true,
    isOneChange: true,
    effects: [],
  },
  MANY: {
    query: (tag) =>
      `mutation { a: applyPoints(input: { operations: [${['x', 'y'].map((alias) => `{ add: { user: { username: "ann" }, points: 1, reason: "${tag}.${alias}" } }`)}] }) { results { payload { points replayed } ${ERROR} } } }`,
    needsPrivilege: true,
    effects: ['x', 'y'],
  },
  POST: { query: (tag) => `mutation { ${post('a', tag)} }`, needsPrivilege: true, effects: ['a'] },
  TWO: {
    query: (tag) => `mutation { ${add('a', tag)} ${add('b', tag, `of ${tag}`)} }`,
    needsPrivilege: true,
    effects: ['a', 'b'],
  },
  MIXED: {
    query: (tag) => `mutation { ${add('a', tag)} ${post('b', tag)} ${add('c', tag)} }`,
    needsPrivilege: true,
    effects: ['a', 'b', 'c'],
  },
} as const satisfies Readonly<Record<string, Operation>>;

export type OperationName = keyof typeof OPERATIONS;
