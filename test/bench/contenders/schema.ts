/** The part of Scrip's schema that is measured. Each contender adds the directive that its own authorization reads. */
export const typeDefs = (requires: (scope: string) => string) => /* GraphQL */ `
  type Query {
    user(by: UserBy!): User ${requires('users:read')}
    users(first: Int = 20, after: String): UserConnection ${requires('users:read')}
    leaderboard(first: Int = 20): UserConnection ${requires('users:read')}
  }

  type Mutation {
    addPoints(input: AddPointsInput!): PointsPayload ${requires('points:add')}
    spendPoints(input: SpendPointsInput!): PointsPayload ${requires('points:spend')}
  }

  input UserBy {
    username: String!
  }

  input AddPointsInput {
    user: UserBy!
    points: Int!
    idempotencyKey: String
  }

  input SpendPointsInput {
    user: UserBy!
    points: Int!
    idempotencyKey: String
  }

  type User {
    id: ID!
    username: String!
    role: String!
    points: Int ${requires('points:read')}
    pointsHistory(first: Int = 20): PointsEntryConnection ${requires('points:read')}
    posts(first: Int = 20): PostConnection ${requires('posts:read')}
  }

  type UserConnection {
    nodes: [User!]!
    pageInfo: PageInfo!
  }

  type PointsEntry {
    id: ID!
    delta: Int!
    balanceAfter: Int!
    createdAt: String!
  }

  type PointsEntryConnection {
    nodes: [PointsEntry!]!
  }

  type Post {
    id: ID!
    title: String!
  }

  type PostConnection {
    nodes: [Post!]!
  }

  type PageInfo {
    endCursor: String
  }

  type PointsPayload {
    message: String!
    points: Int!
  }
`;
