import { print } from 'graphql';
import type { Scope } from '../../src/auth/scope.js';
import type { User } from '../../src/users/user.js';
import * as operations from '../operations/generated.js';
import type { TestResponse, TestServer } from '../support/server.js';
import { sessionIdOf } from '../support/server.js';
import { openSocket } from '../support/socket.js';
import { onePointOf, POINTS_MUTATION, POINTS_QUERY } from './points-fields.js';
import { WEBHOOK_MUTATION, WEBHOOK_QUERY } from './webhook-fields.js';

/** A token, a session, or an anonymous caller. */
type Caller = { readonly secret: string } | undefined;

/** The response to a root field: `status` is that of HTTP, `closed` the code that a WebSocket was closed with. */
export interface FieldResponse extends Pick<TestResponse, 'errors'> {
  readonly status?: number;
  readonly closed?: number;
}

/** What a root field requires of its caller, as the contract has it. */
export interface RootField {
  /** Sends an operation with this field alone, on what belongs to the owner, where it names something. */
  readonly send: (server: TestServer, caller: Caller, owner: User) => Promise<FieldResponse>;
  /** Every scope that it requires; left out with `isPublic`: any credential, or none at all. */
  readonly scopes?: readonly Scope[];
  /** Of these it requires at least one; the first is enough for what `send` sends. */
  readonly anyScopes?: readonly Scope[];
  readonly isPublic?: true;
  readonly kind?: 'APP' | 'USER';
  /** Whether a logged-in user may use it on what is their own. */
  readonly isForOwner?: true;
}

const QUERY: Readonly<Record<string, RootField>> = {
  viewer: { send: (server, caller) => server.send(caller, operations.ViewerKindDocument) },
  user: {
    send: (server, caller, { id }) => server.send(caller, operations.UserDocument, { by: { id } }),
    scopes: ['users:read'],
    isForOwner: true,
  },
  users: { send: (server, caller) => server.send(caller, operations.UsersDocument), scopes: ['users:read'] },
  ...POINTS_QUERY,
  post: {
    send: async (server, caller, owner) =>
      server.send(caller, operations.PostDocument, { id: (await server.post(owner)).id }),
    scopes: ['posts:read'],
  },
  posts: { send: (server, caller) => server.send(caller, operations.PostsDocument), scopes: ['posts:read'] },
  token: {
    send: async (server, caller, owner) =>
      server.send(caller, operations.TokenDocument, { id: await tokenOf(server, owner) }),
    scopes: ['tokens:read'],
  },
  tokens: { send: (server, caller) => server.send(caller, operations.TokensDocument), scopes: ['tokens:read'] },
  sessions: {
    send: (server, caller, { id }) => server.send(caller, operations.SessionsDocument, { user: { id } }),
    scopes: ['tokens:read'],
    isForOwner: true,
  },
  auditLog: { send: (server, caller) => server.send(caller, operations.AuditLogDocument), scopes: ['audit:read'] },
  ...WEBHOOK_QUERY,
  requiredScopes: {
    send: (server, caller) => server.send(caller, operations.RequiredScopesDocument, { document: '{ __typename }' }),
    isPublic: true,
  },
};

const MUTATION: Readonly<Record<string, RootField>> = {
  ...POINTS_MUTATION,
  ...WEBHOOK_MUTATION,
  revokeSession: {
    send: async (server, caller, owner) =>
      server.send(caller, operations.RevokeSessionDocument, { id: sessionIdOf(await server.session(owner)) }),
    scopes: ['tokens:revoke'],
    kind: 'USER',
    isForOwner: true,
  },
  revokeSessions: {
    send: (server, caller, { id }) => server.send(caller, operations.RevokeSessionsDocument, { user: { id } }),
    scopes: ['tokens:revoke'],
    kind: 'USER',
    isForOwner: true,
  },
  issueToken: {
    send: (server, caller) =>
      server.send(caller, operations.IssueTokenDocument, { input: { name: 'n', scopes: ['TOKENS_ISSUE'] } }),
    scopes: ['tokens:issue'],
  },
  revokeToken: {
    send: async (server, caller, owner) =>
      server.send(caller, operations.RevokeTokenDocument, { input: { id: await tokenOf(server, owner) } }),
    scopes: ['tokens:revoke'],
  },
  revokeCurrentToken: {
    send: (server, caller) => server.send(caller, operations.RevokeCurrentTokenDocument),
    kind: 'APP',
  },
  rotateToken: {
    send: async (server, caller, owner) =>
      server.send(caller, operations.RotateTokenDocument, { id: await tokenOf(server, owner) }),
    scopes: ['tokens:issue', 'tokens:revoke'],
  },
  updateToken: {
    send: async (server, caller, owner) =>
      server.send(caller, operations.UpdateTokenDocument, { input: { id: await tokenOf(server, owner), name: 'n' } }),
    scopes: ['tokens:issue'],
  },
  pauseToken: {
    send: async (server, caller, owner) =>
      server.send(caller, operations.PauseTokenDocument, { id: await tokenOf(server, owner) }),
    scopes: ['tokens:revoke'],
  },
  resumeToken: {
    send: async (server, caller, owner) =>
      server.send(caller, operations.ResumeTokenDocument, { id: await tokenOf(server, owner) }),
    scopes: ['tokens:issue', 'tokens:revoke'],
  },
  reportLeakedToken: {
    send: (server, caller) => server.send(caller, operations.ReportLeakedTokenDocument, { secret: 'x' }),
    isPublic: true,
  },
  signUp: {
    send: (server, caller) => server.send(caller, operations.SignUpDocument, { username: '!', password: '' }),
    isPublic: true,
  },
  logIn: {
    send: (server, caller) => server.send(caller, operations.LogInDocument, { username: '!', password: '' }),
    isPublic: true,
  },
  renewSession: {
    send: (server, caller) => server.send(caller, operations.RenewSessionDocument, { refreshToken: 'x' }),
    isPublic: true,
  },
  logOut: { send: (server, caller) => server.send(caller, operations.LogOutDocument), kind: 'USER' },
  changePassword: {
    send: (server, caller) =>
      server.send(caller, operations.ChangePasswordDocument, { currentPassword: 'x', newPassword: 'y' }),
    kind: 'USER',
  },
  setPassword: {
    send: (server, caller, { id }) =>
      server.send(caller, operations.SetPasswordDocument, { user: { id }, password: 'x' }),
    scopes: ['users:write'],
  },
  createUser: {
    send: (server, caller) => server.send(caller, operations.CreateUserDocument, { input: { username: '!' } }),
    scopes: ['users:write'],
  },
  updateUser: {
    send: (server, caller, { id }) => server.send(caller, operations.UpdateUserDocument, { input: { user: { id } } }),
    scopes: ['users:write'],
    isForOwner: true,
  },
  deleteUser: {
    send: (server, caller, { id }) => server.send(caller, operations.DeleteUserDocument, { user: { id } }),
    scopes: ['users:write'],
    isForOwner: true,
  },
  linkExternalId: {
    send: (server, caller, { id }) =>
      server.send(caller, operations.LinkExternalIdDocument, {
        input: { user: { id }, external: { issuer: 'elsewhere', id } },
      }),
    scopes: ['users:link'],
  },
  unlinkExternalId: {
    send: (server, caller, { id }) =>
      server.send(caller, operations.UnlinkExternalIdDocument, { external: { issuer: 'elsewhere', id } }),
    scopes: ['users:link'],
  },
  createPost: {
    send: (server, caller, { id }) =>
      server.send(caller, operations.CreatePostDocument, { input: { author: { id }, title: 't', body: '' } }),
    scopes: ['posts:write'],
    isForOwner: true,
  },
  updatePost: {
    send: async (server, caller, owner) =>
      server.send(caller, operations.UpdatePostDocument, { input: { id: (await server.post(owner)).id, title: 't' } }),
    scopes: ['posts:write'],
    isForOwner: true,
  },
  deletePost: {
    send: async (server, caller, owner) =>
      server.send(caller, operations.DeletePostDocument, { input: { id: (await server.post(owner)).id } }),
    scopes: ['posts:write'],
    isForOwner: true,
  },
};

const SUBSCRIPTION: Readonly<Record<string, RootField>> = {
  pointsChanged: {
    send: async (server, caller, owner) => {
      // The user has an entry, so that there is an event at once.
      await server.send(await server.everything(), operations.AddPointsDocument, { input: onePointOf(owner) });
      const variables: operations.PointsChangedSubscriptionVariables = { user: { id: owner.id }, after: 0 };
      return await subscribe(server, caller, print(operations.PointsChangedDocument), variables);
    },
    scopes: ['points:read'],
    isForOwner: true,
  },
};

/** Every field at the root of the schema, with its coordinate. */
export const ROOT_FIELDS = Object.entries({ Query: QUERY, Mutation: MUTATION, Subscription: SUBSCRIPTION }).flatMap(
  ([root, fields]) =>
    Object.entries(fields).map(([name, field]) => ({
      coordinate: `${root}.${name}`,
      scopes: [],
      anyScopes: [],
      ...field,
    })),
);

async function tokenOf(server: TestServer, owner: User): Promise<string> {
  return (await server.token(['tokens:issue'], owner)).id;
}

/** Over WebSocket: what comes back first, or how the connection ended before that. */
async function subscribe(server: TestServer, caller: Caller, query: string, variables: object): Promise<FieldResponse> {
  const { init, subscribe, next, socket, closed } = await openSocket(server);
  await init(caller);
  subscribe('1', query, variables);
  const first = await next();
  socket.close();
  if (first === undefined) return { errors: undefined, closed: (await closed).code };
  return { errors: first.type === 'error' ? first.payload : undefined };
}
