import type { Scope } from '../../auth/scope.js';

/** An operation to start from. */
export interface Example {
  readonly title: string;
  /** The scopes that it needs; none: any token will do. */
  readonly scopes: readonly Scope[];
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}

const WHO_AM_I = `query WhoAmI {
  viewer {
    kind
    scopes
    expiresAt
    user { id username }
    token { id name }
  }
}
`;

/** The first operation that a visitor sees. */
export const WELCOME = `# Welcome to Scrip.
#
# 1. Paste a token into the
#    Token panel: the key.
# 2. Run: play, or Ctrl-Enter.
# 3. Go on with the Examples.
#
# The documentation, the book,
# needs no token.

${WHO_AM_I}`;

/** One example per task, in the order in which a newcomer meets them. */
export const EXAMPLES: readonly Example[] = [
  { title: 'Who am I?', scopes: [], query: WHO_AM_I },
  {
    title: 'Create a user',
    scopes: ['users:write'],
    query: `# Without a password the user has points, but cannot log in.
mutation CreateUser($input: CreateUserInput!) {
  createUser(input: $input) {
    user { id username createdAt }
  }
}
`,
    variables: { input: { username: 'bob' } },
  },
  {
    title: 'Issue a token',
    scopes: ['tokens:issue', 'points:add', 'points:spend'],
    query: `# The secret is shown this once. You can hand out only scopes that you hold.
mutation IssueToken($input: IssueTokenInput!) {
  issueToken(input: $input) {
    secret
    token { id name scopes expiresAt }
  }
}
`,
    variables: { input: { name: 'web shop', scopes: ['POINTS_ADD', 'POINTS_SPEND'] } },
  },
  {
    title: 'Add points',
    scopes: ['points:add'],
    query: `# Sent again with the same key, it gets the same answer and adds nothing.
mutation AddPoints($input: AddPointsInput!) {
  addPoints(input: $input) {
    message
    points
    replayed
    entry { id sequence }
  }
}
`,
    variables: { input: { user: { username: 'bob' }, points: 5, reason: 'Welcome', idempotencyKey: 'welcome-bob' } },
  },
  {
    title: 'Spend points',
    scopes: ['points:spend'],
    query: `# Refused with INSUFFICIENT_POINTS when the user has too few.
mutation SpendPoints($input: SpendPointsInput!) {
  spendPoints(input: $input) {
    message
    points
    replayed
    entry { id sequence }
  }
}
`,
    variables: { input: { user: { username: 'bob' }, points: 3, reason: 'Coffee', idempotencyKey: 'order-1' } },
  },
  {
    title: 'Read a user',
    scopes: ['users:read', 'points:read'],
    query: `query ReadUser($by: UserBy!) {
  user(by: $by) {
    id
    username
    role
    points
    createdAt
  }
}
`,
    variables: { by: { username: 'bob' } },
  },
  {
    title: 'History of a user’s points',
    scopes: ['users:read', 'points:read'],
    query: `query PointsHistory($by: UserBy!, $after: String) {
  user(by: $by) {
    points
    pointsHistory(first: 20, after: $after) {
      nodes { sequence kind delta balanceAfter reason createdAt }
      pageInfo { hasNextPage endCursor }
    }
  }
}
`,
    variables: { by: { username: 'bob' } },
  },
  {
    title: 'Follow a user’s points',
    scopes: ['points:read'],
    query: `# All that there is, then each change as it happens. Without a user: everybody's from now on.
subscription FollowPoints($user: UserBy, $after: Int) {
  pointsChanged(user: $user, after: $after) {
    sequence
    kind
    delta
    balanceAfter
    reason
    createdAt
  }
}
`,
    variables: { user: { username: 'bob' }, after: 0 },
  },
  {
    title: 'Everybody’s points',
    scopes: ['points:read'],
    query: `query EverybodysPoints {
  pointsTotals { points holders entries }
  pointsByDay(first: 7) { day added spent reversed entries }
  pointsEntries(first: 10) {
    nodes { kind delta reason createdAt user { username } }
    pageInfo { hasNextPage endCursor }
  }
}
`,
  },
  {
    title: 'Leaderboard',
    scopes: ['users:read', 'points:read'],
    query: `query Leaderboard {
  leaderboard(first: 10) {
    nodes { username points }
  }
}
`,
  },
  {
    title: 'Latest posts',
    scopes: ['posts:read'],
    query: `query LatestPosts {
  posts(first: 10) {
    nodes { title createdAt author { username } }
  }
}
`,
  },
  {
    title: 'Tokens in use',
    scopes: ['tokens:read'],
    query: `query TokensInUse {
  tokens(first: 20, state: ACTIVE) {
    totalCount
    nodes { id name hint scopes lastUsedAt owner { username } }
  }
}
`,
  },
  {
    title: 'Revoke a token',
    scopes: ['tokens:revoke'],
    query: `# Takes effect at once, on every node.
mutation RevokeToken($input: RevokeTokenInput!) {
  revokeToken(input: $input) {
    token { name state revokedAt }
  }
}
`,
    variables: { input: { id: 'the id of the token' } },
  },
];
