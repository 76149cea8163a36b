/** The part of Scrip's schema that is measured. Each contender adds the directive that its own authorization reads. */
export const typeDefs = (requires: (scope: string) => string) => /* GraphQL */ `
  type Query {
    user(by: UserBy!): User ${requires('users:read')}
    users(first: Int = 20, after: String): UserConnection ${requires('users:read')}
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
  }

  input SpendPointsInput {
    user: UserBy!
    points: Int!
  }

  type User {
    id: ID!
    username: String!
    role: String!
    posts(first: Int = 20): PostConnection ${requires('posts:read')}
  }

  type UserConnection {
    nodes: [User!]!
    pageInfo: PageInfo!
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
