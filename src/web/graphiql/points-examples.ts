import { BOB, type Example } from './example.js';

/** The examples of points, in the order of a first use. */
export const POINTS_EXAMPLES: readonly Example[] = [
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
    title: 'Hold points',
    scopes: ['points:spend'],
    query: `# They stay in the balance, but are not available. The response has the id of the hold.
mutation HoldPoints($input: HoldPointsInput!) {
  holdPoints(input: $input) {
    message
    available
    hold { id state expiresAt }
  }
}
`,
    variables: {
      input: { user: BOB, points: 1, expiresInSeconds: 600, reference: 'job-1', idempotencyKey: 'job-1-hold' },
    },
  },
  {
    title: 'Capture a hold',
    scopes: ['points:spend'],
    query: `# Without points, all of the hold. With fewer, the rest is available again.
mutation CaptureHold($input: CaptureHoldInput!) {
  captureHold(input: $input) {
    message
    points
    entry { id reference hold { state captured } }
  }
}
`,
    variables: { input: { hold: 'the id of the hold', idempotencyKey: 'job-1-capture' } },
  },
  {
    title: 'Release a hold',
    scopes: ['points:spend'],
    query: `# Its points are available again. Fails with HOLD_ENDED if it was captured or has expired.
mutation ReleaseHold($input: ReleaseHoldInput!) {
  releaseHold(input: $input) {
    message
    available
    hold { id state endedAt }
  }
}
`,
    variables: { input: { hold: 'the id of the hold', idempotencyKey: 'job-1-release' } },
  },
  {
    title: 'Transfer points',
    scopes: ['points:transfer'],
    query: `# Writes an entry for each user, or none.
mutation TransferPoints($input: TransferPointsInput!) {
  transferPoints(input: $input) {
    message
    debit { id balanceAfter }
    credit { id balanceAfter }
  }
}
`,
    variables: {
      input: {
        from: BOB,
        to: { external: { issuer: 'twitch', id: '5678' } },
        points: 1,
        reason: 'Thanks',
        idempotencyKey: 'thanks-1',
      },
    },
  },
  {
    title: 'Open holds of all users',
    scopes: ['points:read'],
    query: `query OpenHolds($reference: String) {
  pointsHolds(first: 20, state: HELD, reference: $reference) {
    totalCount
    nodes { id user { username } points expiresAt reference }
    pageInfo { hasNextPage endCursor }
  }
}
`,
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
];
