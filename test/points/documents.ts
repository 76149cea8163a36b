const PAYLOAD = /* GraphQL */ `
  message points replayed user { id username deletedAt }
  entry { id kind delta balanceAfter sequence reason createdAt user { id } reverses { id sequence } }
`;

export const ADD = /* GraphQL */ `mutation ($input: AddPointsInput!) { change: addPoints(input: $input) { ${PAYLOAD} } }`;

export const SPEND = /* GraphQL */ `
  mutation ($input: SpendPointsInput!) { change: spendPoints(input: $input) { ${PAYLOAD} } }
`;

export const REVERSE = /* GraphQL */ `
  mutation ($input: ReversePointsInput!) { change: reversePoints(input: $input) { ${PAYLOAD} } }
`;

const RESULT = `payload { ${PAYLOAD} } error { code message effect available needed replayed }`;

export const APPLY = /* GraphQL */ `
  mutation ($input: ApplyPointsInput!) { applyPoints(input: $input) { results { ${RESULT} } } }
`;

export const RESOLVE = /* GraphQL */ `
  mutation ($input: ResolvePointsInput!) { resolvePoints(input: $input) { result { ${RESULT} } } }
`;

export const RENAME = /* GraphQL */ `
  mutation ($id: ID!, $username: String!) {
    updateUser(input: { user: { id: $id }, username: $username }) { user { username } }
  }
`;

export const DELETE_USER = 'mutation ($id: ID!) { deleteUser(input: { user: { id: $id } }) { deletedUserId } }';
