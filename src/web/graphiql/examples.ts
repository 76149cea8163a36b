import { BOB, type Example } from './example.js';
import { POINTS_EXAMPLES } from './points-examples.js';
import { WEBHOOK_EXAMPLES } from './webhook-examples.js';

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
  ...POINTS_EXAMPLES,
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
  ...WEBHOOK_EXAMPLES,
];
