import type { Scope } from '../../auth/scope.js';

/** An example operation. */
export interface Example {
  readonly title: string;
  /** The scopes that it needs; empty: any token. */
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
#    Token panel (key icon).
# 2. Run with Ctrl-Enter.
# 3. Try the Examples panel.
#
# The documentation (book icon)
# needs no token.

${WHO_AM_I}`;

/** The user of the examples, by an id that another system gave them: unlike a name, it stays with its user. */
const BOB = { external: { issuer: 'twitch', id: '1234' } };

/** One example per task, in the order of a first use. */
export const EXAMPLES: readonly Example[] = [
  { title: 'Who am I?', scopes: [], query: WHO_AM_I },
  {
    title: 'Create a user',
    scopes: ['users:write', 'users:link'],
    query: `# Without a password, the user cannot log in. The ids are those of other systems.
mutation CreateUser($input: CreateUserInput!) {
  createUser(input: $input) {
    user { id username createdAt }
  }
}
`,
    variables: { input: { username: 'bob', externalIds: [BOB.external] } },
  },
  {
    title: 'Issue a token',
    scopes: ['tokens:issue', 'points:add', 'points:spend'],
    query: `# The secret is shown only once. You can only give scopes that you hold.
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
    query: `# A retry with the same idempotencyKey returns the same result and adds nothing.
mutation AddPoints($input: AddPointsInput!) {
  addPoints(input: $input) {
    message
    points
    replayed
    entry { id sequence }
  }
}
`,
    variables: { input: { user: BOB, points: 5, reason: 'Welcome', idempotencyKey: 'welcome' } },
  },
  {
    title: 'Add points to a new user',
    scopes: ['points:add', 'users:link'],
    query: `# Creates the user with the first points.
mutation AddFirstPoints($input: AddPointsInput!) {
  addPoints(input: $input) {
    user { id username }
    points
    userCreated
    entry { id reference }
  }
}
`,
    variables: {
      input: {
        user: { external: { issuer: 'twitch', id: '5678' } },
        ifMissing: {},
        points: 5,
        reason: 'Cheered',
        reference: 'stream-2026-11-28',
        idempotencyKey: 'cheer-1',
      },
    },
  },
  {
    title: 'Spend points',
    scopes: ['points:spend'],
    query: `# Fails with INSUFFICIENT_POINTS if the balance is too low.
mutation SpendPoints($input: SpendPointsInput!) {
  spendPoints(input: $input) {
    message
    points
    replayed
    entry { id sequence }
  }
}
`,
    variables: { input: { user: BOB, points: 3, reason: 'Coffee', idempotencyKey: 'order-1' } },
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
    variables: { by: BOB },
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
    variables: { by: BOB },
  },
  {
    title: 'Statement of a user’s points',
    scopes: ['users:read', 'points:read'],
    query: `# opening + added - spent + reversed = closing
query PointsStatement($by: UserBy!, $since: DateTime!, $until: DateTime!) {
  user(by: $by) {
    pointsStatement(since: $since, until: $until) {
      opening
      added
      spent
      reversed
      closing
      entries
    }
    pointsHistory(filter: { since: $since, until: $until }) {
      nodes { sequence kind delta balanceAfter reason reference createdAt }
      pageInfo { hasNextPage endCursor }
    }
  }
}
`,
    variables: {
      by: BOB,
      since: '2026-11-01T00:00:00Z',
      until: '2026-12-01T00:00:00Z',
    },
  },
  {
    title: 'Find entries by reference',
    scopes: ['points:read', 'users:read', 'tokens:read'],
    query: `query FindEntries($filter: PointsEntryFilter!) {
  pointsEntries(filter: $filter) {
    nodes {
      id
      user { username }
      delta
      reason
      reference
      metadata { key value }
      by { username }
      token { name }
      createdAt
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
    variables: { filter: { reference: 'stream-2026-11-28' } },
  },
  {
    title: 'Follow a user’s points',
    scopes: ['points:read'],
    query: `# All entries so far, then each new entry. Without a user: new entries of all users.
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
    variables: { user: BOB, after: 0 },
  },
  {
    title: 'Points of all users',
    scopes: ['points:read'],
    query: `query PointsOfAllUsers {
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
    title: 'Active tokens',
    scopes: ['tokens:read'],
    query: `query ActiveTokens {
  tokens(first: 20, state: ACTIVE) {
    totalCount
    nodes { id name hint scopes lastUsedAt owner { username } }
  }
}
`,
  },
  {
    title: 'Limit a token',
    scopes: ['tokens:issue'],
    query: `# Takes effect from the next request on. You must hold each of its scopes.
mutation LimitToken($input: UpdateTokenInput!) {
  updateToken(input: $input) {
    token { name limits { maxAddedPerDay requestsPerMinute } today { added } }
  }
}
`,
    variables: { input: { id: 'the id of the token', limits: { maxAddedPerDay: 1000, requestsPerMinute: 600 } } },
  },
  {
    title: 'Pause a token',
    scopes: ['tokens:revoke'],
    query: `# Until resumeToken, which makes it valid again.
mutation PauseToken($input: PauseTokenInput!) {
  pauseToken(input: $input) {
    token { name state pausedAt }
  }
}
`,
    variables: { input: { id: 'the id of the token' } },
  },
  {
    title: 'Revoke a token',
    scopes: ['tokens:revoke'],
    query: `# Takes effect immediately on every node.
mutation RevokeToken($input: RevokeTokenInput!) {
  revokeToken(input: $input) {
    token { name state revokedAt }
  }
}
`,
    variables: { input: { id: 'the id of the token' } },
  },
];
