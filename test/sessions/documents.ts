const PAIR = /* GraphQL */ `{ accessToken refreshToken expiresIn expiresAt user { id username role } }`;

export const SIGN_UP = /* GraphQL */ `
  mutation ($username: String!, $password: String!) {
    signUp(input: { username: $username, password: $password }) ${PAIR}
  }
`;

export const LOG_IN = /* GraphQL */ `
  mutation ($username: String!, $password: String!) {
    logIn(input: { username: $username, password: $password }) ${PAIR}
  }
`;

export const RENEW = /* GraphQL */ `
  mutation ($refreshToken: String!) { renewSession(input: { refreshToken: $refreshToken }) ${PAIR} }
`;

export const CHANGE_PASSWORD = /* GraphQL */ `
  mutation ($currentPassword: String!, $newPassword: String!) {
    changePassword(input: { currentPassword: $currentPassword, newPassword: $newPassword }) ${PAIR}
  }
`;

export const SET_PASSWORD = /* GraphQL */ `
  mutation ($user: UserBy!, $password: String!) {
    setPassword(input: { user: $user, password: $password }) { user { id username } }
  }
`;

export const LOG_OUT = 'mutation { logOut { user { id } } }';

export const VIEWER = '{ viewer { kind scopes user { id username } token { id } expiresAt } }';
