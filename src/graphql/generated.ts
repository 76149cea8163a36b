import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Scope as ScopeModel } from '../auth/scope.js';
import type { User as UserModel } from '../users/user.js';
import type { Post as PostModel } from '../posts/post.js';
import type { Session as SessionModel } from '../sessions/session.js';
import type { TokenPair } from '../sessions/session-tokens.js';
import type { Token as TokenModel } from '../tokens/token.js';
import type { Entry } from '../points/entry.js';
import type { AuditEvent as AuditEventModel } from '../audit/event.js';
import type { Authenticated } from '../auth/principal.js';
import type { UserConnection as UserConnectionModel, PostConnection as PostConnectionModel, SessionConnection as SessionConnectionModel, TokenConnection as TokenConnectionModel, PointsEntryConnection as PointsEntryConnectionModel, AuditEventConnection as AuditEventConnectionModel } from './resolvers/connection.js';
import type { Context } from './context.js';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
// Generated from schema/ by codegen.ts: change the schema, then `npm run codegen`.

/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** An instant after RFC 3339, in UTC: `2026-01-31T09:30:00.000Z`. */
  DateTime: { input: Date; output: Date; }
  /** A number of points: a whole number from 0 to 9007199254740991 (2^53-1); as the amount of a change, from 1. */
  Points: { input: number; output: number; }
  /** A change of points: a whole number from -9007199254740991 to 9007199254740991; negative where points were taken. */
  PointsDelta: { input: number; output: number; }
};

/** What is recorded. What is done to points is in the ledger, with the credential that did it. */
export type AuditAction =
  /** A token was issued. */
  | 'TOKEN_ISSUED'
  /** A token gave way to a new one, which `detail` names. */
  | 'TOKEN_ROTATED'
  /** A token was revoked. */
  | 'TOKEN_REVOKED'
  /** Somebody created a user. */
  | 'USER_CREATED'
  /** A user was renamed. */
  | 'USER_UPDATED'
  /** A user got another role: `detail` says from which to which. */
  | 'ROLE_CHANGED'
  /** A user was deleted, and with them their tokens and sessions. */
  | 'USER_DELETED'
  /** Somebody created a user for themself, and was logged in. */
  | 'SIGNED_UP'
  /** A user logged in. */
  | 'LOGGED_IN'
  /** A password was tried that is not the user's; without a subject: there is no such user. */
  | 'LOGIN_FAILED'
  /** A session was ended, by its user or by an administrator. */
  | 'LOGGED_OUT'
  /** A refresh token was used a second time: somebody holds a copy. The session was ended. */
  | 'REFRESH_TOKEN_REUSED'
  /** A user's password was changed by them, or set by another. */
  | 'PASSWORD_CHANGED';

/** Something that was done. It is recorded together with the deed, and stays for good. */
export type AuditEvent = {
  __typename?: 'AuditEvent';
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** When. */
  at: Scalars['DateTime']['output'];
  /** What. */
  action: AuditAction;
  /** Who did it: the user behind the credential. Null: the command line did, or nobody who is known. */
  actor?: Maybe<User>;
  /** The app token that the actor used; null: none. */
  actorToken?: Maybe<Token>;
  /** The token that it happened to; where it happened to none, the app token that the actor used. */
  token?: Maybe<Token>;
  /** The user that it happened to; for a token, its owner. */
  subject?: Maybe<User>;
  /** The network address that the request came from. */
  address?: Maybe<Scalars['String']['output']>;
  /** What else there is to say of it. No secret, and no name. */
  detail?: Maybe<Scalars['String']['output']>;
};

/** A page of the audit log. */
export type AuditEventConnection = {
  __typename?: 'AuditEventConnection';
  /** The events with their cursors. */
  edges: Array<AuditEventEdge>;
  /** The events alone. */
  nodes: Array<AuditEvent>;
  /** Where this page lies. */
  pageInfo: PageInfo;
  /** How many there are on all pages together; counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** An event in a page. */
export type AuditEventEdge = {
  __typename?: 'AuditEventEdge';
  /** The event. */
  node: AuditEvent;
  /** Where the event stands in the list. */
  cursor: Scalars['String']['output'];
};

/** What can be asked. A field is null where it failed, and `errors` says why: nothing else in the answer is lost. */
export type Query = {
  __typename?: 'Query';
  /** What was done to users, tokens and sessions, newest first. */
  auditLog?: Maybe<AuditEventConnection>;
  /** Who is calling, and what they may do. */
  viewer?: Maybe<Viewer>;
  /** What the operations of a document require: for an application that asks for a token just wide enough. */
  requiredScopes?: Maybe<RequiredScopes>;
  /** Everybody's entries, newest first: what is written meanwhile moves none to another page. */
  pointsEntries?: Maybe<PointsEntryConnection>;
  /** What became of points on each of the last days, today first, those without an entry included. */
  pointsByDay?: Maybe<Array<PointsDay>>;
  /** What everybody has, together. */
  pointsTotals?: Maybe<PointsTotals>;
  /** The living users, most points first; equal points by name. */
  leaderboard?: Maybe<UserConnection>;
  /** One post; null when there is none. */
  post?: Maybe<Post>;
  /** The posts, newest first. */
  posts?: Maybe<PostConnection>;
  /** Sessions, newest first. */
  sessions?: Maybe<SessionConnection>;
  /** One token; null when there is none. */
  token?: Maybe<Token>;
  /** The tokens that were ever issued, newest first. */
  tokens?: Maybe<TokenConnection>;
  /** One user; null when there is none. */
  user?: Maybe<User>;
  /** The living users, by name. */
  users?: Maybe<UserConnection>;
};


/** What can be asked. A field is null where it failed, and `errors` says why: nothing else in the answer is lost. */
export type QueryAuditLogArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  action?: InputMaybe<AuditAction>;
  user?: InputMaybe<UserBy>;
};


/** What can be asked. A field is null where it failed, and `errors` says why: nothing else in the answer is lost. */
export type QueryRequiredScopesArgs = {
  document: Scalars['String']['input'];
  operationName?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. A field is null where it failed, and `errors` says why: nothing else in the answer is lost. */
export type QueryPointsEntriesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. A field is null where it failed, and `errors` says why: nothing else in the answer is lost. */
export type QueryPointsByDayArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** What can be asked. A field is null where it failed, and `errors` says why: nothing else in the answer is lost. */
export type QueryLeaderboardArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. A field is null where it failed, and `errors` says why: nothing else in the answer is lost. */
export type QueryPostArgs = {
  id: Scalars['ID']['input'];
};


/** What can be asked. A field is null where it failed, and `errors` says why: nothing else in the answer is lost. */
export type QueryPostsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  author?: InputMaybe<UserBy>;
};


/** What can be asked. A field is null where it failed, and `errors` says why: nothing else in the answer is lost. */
export type QuerySessionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  user?: InputMaybe<UserBy>;
};


/** What can be asked. A field is null where it failed, and `errors` says why: nothing else in the answer is lost. */
export type QueryTokenArgs = {
  id: Scalars['ID']['input'];
};


/** What can be asked. A field is null where it failed, and `errors` says why: nothing else in the answer is lost. */
export type QueryTokensArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  owner?: InputMaybe<UserBy>;
  state?: InputMaybe<TokenState>;
  search?: InputMaybe<Scalars['String']['input']>;
};


/** What can be asked. A field is null where it failed, and `errors` says why: nothing else in the answer is lost. */
export type QueryUserArgs = {
  by: UserBy;
};


/** What can be asked. A field is null where it failed, and `errors` says why: nothing else in the answer is lost. */
export type QueryUsersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  search?: InputMaybe<Scalars['String']['input']>;
};

/** What a credential may do. In a JWT, a header and on the command line the same scope reads `points:add`. */
export type Scope =
  /** Read any user. */
  | 'users:read'
  /**
   * Create, change and delete any user, and set passwords: takes over every account that is not an ADMIN's. An ADMIN other
   * than the session's own user is changed only with every scope.
   */
  | 'users:write'
  /** Read any post. */
  | 'posts:read'
  /** Write, change and delete any user's posts. */
  | 'posts:write'
  /** Read any user's points and their history. */
  | 'points:read'
  /** Add points to any user. */
  | 'points:add'
  /** Spend points of any user. */
  | 'points:spend'
  /** Take an entry of the ledger back. */
  | 'points:reverse'
  /** See issued tokens, never their secrets. */
  | 'tokens:read'
  /** Issue tokens, never wider than the issuer. */
  | 'tokens:issue'
  /** Revoke any token. */
  | 'tokens:revoke'
  /** Read the audit log. */
  | 'audit:read';

/** The two kinds of credential. */
export type CredentialKind =
  /** An app token: issued to a trusted application, with scopes of its own. */
  | 'APP'
  /** A session: a user who logged in, with the scopes of their role. */
  | 'USER';

/** The caller, as the server sees it. */
export type Viewer = {
  __typename?: 'Viewer';
  /** APP: an issued token. USER: a logged-in session. */
  kind: CredentialKind;
  /** What the credential may do, in the order of the enum. */
  scopes: Array<Scope>;
  /** The session's user, or the token's owner. */
  user: User;
  /** The token that was sent; null for a session. */
  token?: Maybe<Token>;
  /** When the credential ends; null: never. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
};

/** What an operation requires of its caller. */
export type RequiredScopes = {
  __typename?: 'RequiredScopes';
  /** Every scope that the operation requires, in the order of the enum. */
  scopes: Array<Scope>;
  /** The coordinates that ask for something, each once. */
  fields: Array<FieldRequirement>;
};

/** What one schema coordinate requires. */
export type FieldRequirement = {
  __typename?: 'FieldRequirement';
  /** The schema coordinate: `Mutation.addPoints`, `UpdateUserInput.role`. */
  coordinate: Scalars['String']['output'];
  /** Every scope that it requires, in the order of the enum. */
  scopes: Array<Scope>;
  /** Whether a logged-in user may use it without the scopes, on what is their own. */
  ownerAllowed: Scalars['Boolean']['output'];
  /** Whether it needs no credential at all. */
  public: Scalars['Boolean']['output'];
};

/** What an entry did. */
export type PointsEntryKind =
  /** Points were added. */
  | 'ADD'
  /** Points were spent. */
  | 'SPEND'
  /** An earlier entry was taken back. */
  | 'REVERSAL';

/** One line of the ledger: it never changes and never goes away. */
export type PointsEntry = {
  __typename?: 'PointsEntry';
  /** Names the entry for good. */
  id: Scalars['ID']['output'];
  /** What it did. */
  kind: PointsEntryKind;
  /** Whose points changed. */
  user: User;
  /** By how much: negative where points were taken. */
  delta: Scalars['PointsDelta']['output'];
  /** What the user had afterwards. */
  balanceAfter: Scalars['Points']['output'];
  /** 1, 2, 3 … per user, without a gap. */
  sequence: Scalars['Int']['output'];
  /** Why, in the words of whoever did it. */
  reason?: Maybe<Scalars['String']['output']>;
  /** The entry that this one takes back; null for anything but a reversal. */
  reverses?: Maybe<PointsEntry>;
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
};

/** A page of the ledger. */
export type PointsEntryConnection = {
  __typename?: 'PointsEntryConnection';
  /** The entries with their cursors. */
  edges: Array<PointsEntryEdge>;
  /** The entries alone. */
  nodes: Array<PointsEntry>;
  /** Where this page lies. */
  pageInfo: PageInfo;
  /** How many there are on all pages together. */
  totalCount: Scalars['Int']['output'];
};

/** An entry in a page. */
export type PointsEntryEdge = {
  __typename?: 'PointsEntryEdge';
  /** The entry. */
  node: PointsEntry;
  /** Where the entry stands in the list. */
  cursor: Scalars['String']['output'];
};

/** What everybody has, together. */
export type PointsTotals = {
  __typename?: 'PointsTotals';
  /** The points of all users, read now; null above 9007199254740991. */
  points?: Maybe<Scalars['Points']['output']>;
  /** How many users have any. */
  holders: Scalars['Int']['output'];
  /** How many entries the ledger holds. */
  entries: Scalars['Int']['output'];
};

/** What became of points on one day of UTC. A sum above 9007199254740991 is null. */
export type PointsDay = {
  __typename?: 'PointsDay';
  /** The moment at which the day begins. */
  day: Scalars['DateTime']['output'];
  /** How many were added. */
  added?: Maybe<Scalars['Points']['output']>;
  /** How many were spent. */
  spent?: Maybe<Scalars['Points']['output']>;
  /** What reversals came to: negative where they took more than they gave back. */
  reversed?: Maybe<Scalars['PointsDelta']['output']>;
  /** How many entries were written. */
  entries: Scalars['Int']['output'];
};

/** Somebody who has points. */
export type User = {
  __typename?: 'User';
  /** What the user has, read now. */
  points?: Maybe<Scalars['Points']['output']>;
  /** How it came to that, newest first. */
  pointsHistory?: Maybe<PointsEntryConnection>;
  /** The user's posts, newest first. */
  posts?: Maybe<PostConnection>;
  /** The user's sessions, newest first. */
  sessions?: Maybe<SessionConnection>;
  /** The tokens issued to the user, newest first. */
  tokens?: Maybe<TokenConnection>;
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** 1 to 64 of `A–Z a–z 0–9 _ . -`, unique without regard to case. */
  username: Scalars['String']['output'];
  /** What the user may do when logged in. */
  role: Role;
  /** When the user was created. */
  createdAt: Scalars['DateTime']['output'];
  /** Set on the remains of a deleted user, whose entries in the ledger stay. */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
};


/** Somebody who has points. */
export type UserPointsHistoryArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Somebody who has points. */
export type UserPostsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Somebody who has points. */
export type UserSessionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Somebody who has points. */
export type UserTokensArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type Mutation = {
  __typename?: 'Mutation';
  /** Adds points to a user. */
  addPoints?: Maybe<PointsPayload>;
  /** Spends points of a user, who must have them. */
  spendPoints?: Maybe<PointsPayload>;
  /** Takes an entry of the ledger back: all of it, and once. What is taken back from a user they must still have. */
  reversePoints?: Maybe<PointsPayload>;
  /**
   * Adds and spends, many times in one request. It is not one transaction: each operation happens or is refused by itself,
   * those of one user in the order given.
   */
  applyPoints?: Maybe<ApplyPointsPayload>;
  /**
   * Tells for certain what came of a change that was sent under an idempotency key and never answered. If nothing did, the
   * key is closed: nothing will ever be done under it.
   */
  resolvePoints?: Maybe<ResolvePointsPayload>;
  /** Writes a post. */
  createPost?: Maybe<PostPayload>;
  /** Changes a post; what is left out stays. */
  updatePost?: Maybe<PostPayload>;
  /** Deletes a post for good. */
  deletePost?: Maybe<DeletePostPayload>;
  /** Creates a user with the role USER, and logs them in. */
  signUp?: Maybe<SessionPayload>;
  /** Begins a session. An unknown user and a wrong password are answered alike. */
  logIn?: Maybe<SessionPayload>;
  /**
   * Exchanges a refresh token for new tokens. Each is good for one exchange: repeated within 10 seconds it gets the same
   * successor, after that it ends the session, since somebody else may hold it.
   */
  renewSession?: Maybe<SessionPayload>;
  /** Ends the session that the request comes from, at once. */
  logOut?: Maybe<LogOutPayload>;
  /** Changes the caller's password. All their sessions end and a new one begins; app tokens stay. */
  changePassword?: Maybe<SessionPayload>;
  /**
   * Sets a user's password without the current one. All sessions of the user end; app tokens stay. Setting that of an ADMIN
   * other than the session's own user requires every scope.
   */
  setPassword?: Maybe<UserPayload>;
  /** Ends a session at once, on every node. Revoking twice gives the same answer. */
  revokeSession?: Maybe<RevokeSessionPayload>;
  /** Ends all sessions of a user at once: logs them out everywhere. */
  revokeSessions?: Maybe<RevokeSessionsPayload>;
  /** Issues a token; never with a scope that the issuer lacks. */
  issueToken?: Maybe<IssueTokenPayload>;
  /** Revokes a token at once, on every node. Revoking twice gives the same answer. */
  revokeToken?: Maybe<RevokeTokenPayload>;
  /**
   * Replaces a token that works by a new one with the same name, owner, scopes, format and end. The old one ends after the
   * overlap, so that a running application can change over. A token is rotated once: a second attempt is `BAD_USER_INPUT`
   * and names the successor, which can be rotated.
   */
  rotateToken?: Maybe<IssueTokenPayload>;
  /**
   * Revokes a token that was found where it should not be. Whoever holds it may do so: possession is proof. The answer is
   * the same for a secret that nobody issued.
   */
  reportLeakedToken?: Maybe<ReportLeakedTokenPayload>;
  /** Revokes the token that the request carries: for an application that gives its key back. */
  revokeCurrentToken?: Maybe<RevokeTokenPayload>;
  /** Creates a user. Without a password the user cannot log in. */
  createUser?: Maybe<UserPayload>;
  /** Changes a user's name or role; what is left out stays. */
  updateUser?: Maybe<UserPayload>;
  /**
   * Deletes a user for good: the name becomes free, tokens and sessions end at once, posts go. The entries of the ledger
   * stay, under a user with `deletedAt` and the name `deleted-…`.
   */
  deleteUser?: Maybe<DeleteUserPayload>;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationAddPointsArgs = {
  input: AddPointsInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationSpendPointsArgs = {
  input: SpendPointsInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationReversePointsArgs = {
  input: ReversePointsInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationApplyPointsArgs = {
  input: ApplyPointsInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationResolvePointsArgs = {
  input: ResolvePointsInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationCreatePostArgs = {
  input: CreatePostInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationUpdatePostArgs = {
  input: UpdatePostInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationDeletePostArgs = {
  input: DeletePostInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationSignUpArgs = {
  input: CredentialsInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationLogInArgs = {
  input: CredentialsInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationRenewSessionArgs = {
  input: RenewSessionInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationChangePasswordArgs = {
  input: ChangePasswordInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationSetPasswordArgs = {
  input: SetPasswordInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationRevokeSessionArgs = {
  input: RevokeSessionInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationRevokeSessionsArgs = {
  input: RevokeSessionsInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationIssueTokenArgs = {
  input: IssueTokenInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationRevokeTokenArgs = {
  input: RevokeTokenInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationRotateTokenArgs = {
  input: RotateTokenInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationReportLeakedTokenArgs = {
  input: ReportLeakedTokenInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationCreateUserArgs = {
  input: CreateUserInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationUpdateUserArgs = {
  input: UpdateUserInput;
};


/** What can be changed. Fields run one after the other, in the order in which they are written. */
export type MutationDeleteUserArgs = {
  input: DeleteUserInput;
};

/** What can be followed, over WebSocket on the same path, after the protocol `graphql-transport-ws`. */
export type Subscription = {
  __typename?: 'Subscription';
  /**
   * Entries as they are written, each once: those of a user in order, without a gap; with `after`, from behind that
   * sequence on, so that nothing is lost however often you subscribe. Without `user` everybody's from now on, each user's
   * in order.
   */
  pointsChanged: PointsEntry;
};


/** What can be followed, over WebSocket on the same path, after the protocol `graphql-transport-ws`. */
export type SubscriptionPointsChangedArgs = {
  user?: InputMaybe<UserBy>;
  after?: InputMaybe<Scalars['Int']['input']>;
};

/** Points to add. */
export type AddPointsInput = {
  /** To whom. */
  user: UserBy;
  /** How many, from 1. */
  points: Scalars['Points']['input'];
  /** Why: up to 500 characters, kept in the ledger. */
  reason?: InputMaybe<Scalars['String']['input']>;
  /**
   * 1 to 255 characters that name this change for good, so that it can be sent again without a second effect: a repeat
   * gets the first answer, a refusal included. A key counts for one user whose points change and one owner of credentials:
   * all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Points to spend. */
export type SpendPointsInput = {
  /** Whose. */
  user: UserBy;
  /** How many, from 1. */
  points: Scalars['Points']['input'];
  /** Why: up to 500 characters, kept in the ledger. */
  reason?: InputMaybe<Scalars['String']['input']>;
  /**
   * 1 to 255 characters that name this change for good, so that it can be sent again without a second effect: a repeat
   * gets the first answer, a refusal included. A key counts for one user whose points change and one owner of credentials:
   * all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** An entry to take back. */
export type ReversePointsInput = {
  /** Which: one that added or spent points. A reversal cannot be reversed. */
  entryId: Scalars['ID']['input'];
  /** Why: up to 500 characters, kept in the ledger. */
  reason?: InputMaybe<Scalars['String']['input']>;
  /**
   * 1 to 255 characters that name this change for good, so that it can be sent again without a second effect: a repeat
   * gets the first answer, a refusal included. A key counts for one user whose points change and one owner of credentials:
   * all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Many changes of points. */
export type ApplyPointsInput = {
  /** 1 to 1,000. */
  operations: Array<PointsOperation>;
};

/** One change of points: exactly one of these. */
export type PointsOperation =
  /** Adds points to a user. */
  { add: AddPointsInput; spend?: never; }
  |  /** Spends points of a user, who must have them. */
  { add?: never; spend: SpendPointsInput; };

/** An idempotency key to be certain about. */
export type ResolvePointsInput = {
  /** Whose points the change was to change. */
  user: UserBy;
  /** The key that it was sent under. The caller's credential has the same owner as the one that sent it. */
  idempotencyKey: Scalars['String']['input'];
};

/** A change of points, done. */
export type PointsPayload = {
  __typename?: 'PointsPayload';
  /** What happened, in a sentence. */
  message: Scalars['String']['output'];
  /** Whose points changed, as they are now. */
  user: User;
  /** What the user had after this change. */
  points: Scalars['Points']['output'];
  /** The line that was written into the ledger. */
  entry: PointsEntry;
  /** Whether this repeats an earlier answer, under its idempotency key. */
  replayed: Scalars['Boolean']['output'];
};

/** What came of many changes of points. */
export type ApplyPointsPayload = {
  __typename?: 'ApplyPointsPayload';
  /** One for each operation, in the order in which they were given. */
  results: Array<PointsResult>;
};

/** What came of the change that was sent under an idempotency key. */
export type ResolvePointsPayload = {
  __typename?: 'ResolvePointsPayload';
  /** What is stored under the key, now and for good. `IDEMPOTENCY_KEY_CLOSED`: nothing was, and nothing will be done. */
  result: PointsResult;
};

/** What came of one change of points: one of the two is null. */
export type PointsResult = {
  __typename?: 'PointsResult';
  /** Set if it was done. */
  payload?: Maybe<PointsPayload>;
  /** Set if it was not, or if nobody knows. */
  error?: Maybe<PointsError>;
};

/** Why a change of points was not done. */
export type PointsError = {
  __typename?: 'PointsError';
  /** What is wrong, for programs: the code that the change alone would have failed with. */
  code: Scalars['String']['output'];
  /** What is wrong, for people. */
  message: Scalars['String']['output'];
  /** Whether it was done nevertheless. */
  effect: Effect;
  /** What the user had, where it was not enough. */
  available?: Maybe<Scalars['Points']['output']>;
  /** What the user would have needed, where they had not enough. */
  needed?: Maybe<Scalars['Points']['output']>;
  /** Whether this repeats an earlier answer, under its idempotency key. */
  replayed: Scalars['Boolean']['output'];
};

/** What is known of the effect of a change that failed. */
export type Effect =
  /** Nothing was done. */
  | 'NONE'
  /** It may have been done: the database went away before it could say. */
  | 'UNKNOWN';

/** Something that a user wrote. */
export type Post = {
  __typename?: 'Post';
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** 1 to 200 characters. */
  title: Scalars['String']['output'];
  /** Up to 20,000 characters. */
  body: Scalars['String']['output'];
  /** Who wrote it. */
  author: User;
  /** When it was written. */
  createdAt: Scalars['DateTime']['output'];
  /** When it was last changed. */
  updatedAt: Scalars['DateTime']['output'];
};

/** A page of posts. */
export type PostConnection = {
  __typename?: 'PostConnection';
  /** The posts with their cursors. */
  edges: Array<PostEdge>;
  /** The posts alone. */
  nodes: Array<Post>;
  /** Where this page lies. */
  pageInfo: PageInfo;
  /** How many there are on all pages together; counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A post in a page. */
export type PostEdge = {
  __typename?: 'PostEdge';
  /** The post. */
  node: Post;
  /** Where the post stands in the list. */
  cursor: Scalars['String']['output'];
};

/** A new post. */
export type CreatePostInput = {
  /** The author; left out, the logged-in user. An app token has to name one. */
  author?: InputMaybe<UserBy>;
  /** 1 to 200 characters. */
  title: Scalars['String']['input'];
  /** Up to 20,000 characters. */
  body: Scalars['String']['input'];
};

/** Changes to a post. */
export type UpdatePostInput = {
  /** The post's id. */
  id: Scalars['ID']['input'];
  /** 1 to 200 characters. */
  title?: InputMaybe<Scalars['String']['input']>;
  /** Up to 20,000 characters. */
  body?: InputMaybe<Scalars['String']['input']>;
};

/** Which post to delete. */
export type DeletePostInput = {
  /** The post's id. */
  id: Scalars['ID']['input'];
};

/** A post, after a change. */
export type PostPayload = {
  __typename?: 'PostPayload';
  /** The post as it is now. */
  post: Post;
};

/** What is left of a deleted post. */
export type DeletePostPayload = {
  __typename?: 'DeletePostPayload';
  /** The id of the deleted post. */
  deletedPostId: Scalars['ID']['output'];
};

/** Where a page lies in its list, after the Relay cursor specification. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Whether there is a page after this one. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether there is a page before this one. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first item; null on an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
  /** The cursor of the last item, to be given as `after` for the next page; null on an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
};

/** What has become of a session. */
export type SessionState =
  /** It works, and can be renewed. */
  | 'ACTIVE'
  /** It was not renewed in time, or has lasted as long as sessions may. */
  | 'EXPIRED'
  /** The user logged out or changed the password, somebody revoked it, or an old refresh token of it was used again. */
  | 'ENDED';

/** A user who logged in somewhere, and stays so for as long as they renew it. */
export type Session = {
  __typename?: 'Session';
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** Who logged in. */
  user: User;
  /** When they did. */
  createdAt: Scalars['DateTime']['output'];
  /** When it was last renewed. */
  renewedAt: Scalars['DateTime']['output'];
  /** When it ends unless it is renewed before. */
  expiresAt: Scalars['DateTime']['output'];
  /** When it was ended; null: it was not. */
  endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** What has become of it. */
  state: SessionState;
  /** Whether it is the one that the request comes from. */
  isCurrent: Scalars['Boolean']['output'];
};

/** A page of sessions. */
export type SessionConnection = {
  __typename?: 'SessionConnection';
  /** The sessions with their cursors. */
  edges: Array<SessionEdge>;
  /** The sessions alone. */
  nodes: Array<Session>;
  /** Where this page lies. */
  pageInfo: PageInfo;
  /** How many there are on all pages together; counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A session in a page. */
export type SessionEdge = {
  __typename?: 'SessionEdge';
  /** The session. */
  node: Session;
  /** Where the session stands in the list. */
  cursor: Scalars['String']['output'];
};

/** What somebody logs in with. */
export type CredentialsInput = {
  /** 1 to 64 of `A–Z a–z 0–9 _ . -`; case does not matter. New names that begin with `deleted-` are reserved. */
  username: Scalars['String']['input'];
  /** 8 to 256 characters, used exactly as given; of new ones the commonest are refused. */
  password: Scalars['String']['input'];
};

/** A session to renew. */
export type RenewSessionInput = {
  /** The newest refresh token. */
  refreshToken: Scalars['String']['input'];
};

/** A change of password. */
export type ChangePasswordInput = {
  /** The password so far. */
  currentPassword: Scalars['String']['input'];
  /** 8 to 256 characters, used exactly as given; the commonest are refused. */
  newPassword: Scalars['String']['input'];
};

/** A password to set. */
export type SetPasswordInput = {
  /** The user whose password is set. */
  user: UserBy;
  /** 8 to 256 characters, used exactly as given; the commonest are refused. */
  password: Scalars['String']['input'];
};

/** Which session to end. */
export type RevokeSessionInput = {
  /** The session's id. */
  id: Scalars['ID']['input'];
};

/** Whose sessions to end. */
export type RevokeSessionsInput = {
  /** Whose. */
  user: UserBy;
};

/** A session, just begun or renewed. Both tokens are shown here once and nowhere else. */
export type SessionPayload = {
  __typename?: 'SessionPayload';
  /** Proves who calls, as `Authorization: Bearer …`: a JWT that ends soon. */
  accessToken: Scalars['String']['output'];
  /** Gets the next two tokens. It is good for nothing else. */
  refreshToken: Scalars['String']['output'];
  /** In how many seconds the access token ends. */
  expiresIn: Scalars['Int']['output'];
  /** When the access token ends. */
  expiresAt: Scalars['DateTime']['output'];
  /** Who is logged in. */
  user: User;
};

/** A session, after it was ended by its user. */
export type LogOutPayload = {
  __typename?: 'LogOutPayload';
  /** Who is logged out. */
  user: User;
};

/** A session, after it was ended. */
export type RevokeSessionPayload = {
  __typename?: 'RevokeSessionPayload';
  /** The session as it is now. */
  session: Session;
};

/** What is left of a user's sessions. */
export type RevokeSessionsPayload = {
  __typename?: 'RevokeSessionsPayload';
  /** Whose they were. */
  user: User;
  /** How many were ended by this. */
  count: Scalars['Int']['output'];
};

/** What a token's secret is made of. */
export type TokenFormat =
  /** A random string that means nothing by itself. */
  | 'OPAQUE'
  /** A signed JSON Web Token. */
  | 'JWT';

/** What has become of a token. */
export type TokenState =
  /** It works. */
  | 'ACTIVE'
  /** Its time is over. */
  | 'EXPIRED'
  /** It was revoked, or its owner was deleted. */
  | 'REVOKED';

/** A key that was handed out to an application. Its secret was shown once, when it was issued. */
export type Token = {
  __typename?: 'Token';
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** What the issuer called it. */
  name: Scalars['String']['output'];
  /** What the secret is made of. */
  format: TokenFormat;
  /** Enough of the secret to recognise it by, useless to an attacker. */
  hint: Scalars['String']['output'];
  /** What it may do, in the order of the enum. */
  scopes: Array<Scope>;
  /** Whom it was issued to. It dies with that user. */
  owner: User;
  /** Who issued it; null where the command line did. */
  issuedBy?: Maybe<User>;
  /** When it was issued. */
  issuedAt: Scalars['DateTime']['output'];
  /** When it ends; null: never. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it was last used, at most a minute behind; null: never. */
  lastUsedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it was revoked; null: it was not. */
  revokedAt?: Maybe<Scalars['DateTime']['output']>;
  /** What has become of it. */
  state: TokenState;
};

/** A page of tokens. */
export type TokenConnection = {
  __typename?: 'TokenConnection';
  /** The tokens with their cursors. */
  edges: Array<TokenEdge>;
  /** The tokens alone. */
  nodes: Array<Token>;
  /** Where this page lies. */
  pageInfo: PageInfo;
  /** How many there are on all pages together; counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A token in a page. */
export type TokenEdge = {
  __typename?: 'TokenEdge';
  /** The token. */
  node: Token;
  /** Where the token stands in the list. */
  cursor: Scalars['String']['output'];
};

/** A token to issue. */
export type IssueTokenInput = {
  /** 1 to 100 characters, to recognise it by. */
  name: Scalars['String']['input'];
  /** At least one; each must be held by the issuer. */
  scopes: Array<Scope>;
  /** Whom it is issued to; left out, the caller's user. */
  owner?: InputMaybe<UserBy>;
  /** What the secret is made of. */
  format?: InputMaybe<TokenFormat>;
  /** When it ends, in the future; left out: never. */
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
};

/** A token, just issued. */
export type IssueTokenPayload = {
  __typename?: 'IssueTokenPayload';
  /** The secret, shown here once and nowhere else. */
  secret: Scalars['String']['output'];
  /** What is kept of it. */
  token: Token;
};

/** Names one token, in exactly one way. */
export type RevokeTokenInput =
  /** The token's id. */
  { id: Scalars['ID']['input']; secret?: never; }
  |  /** The token's secret. */
  { id?: never; secret: Scalars['String']['input']; };

/** A token, after it was revoked. */
export type RevokeTokenPayload = {
  __typename?: 'RevokeTokenPayload';
  /** The token; null for a secret that nobody issued. */
  token?: Maybe<Token>;
};

/** Which token to replace. */
export type RotateTokenInput = {
  /** The token's id. */
  id: Scalars['ID']['input'];
  /** For how many seconds the old one goes on working, 0 to 604800 (a week). */
  overlapSeconds?: InputMaybe<Scalars['Int']['input']>;
};

/** A secret that was found where it should not be. */
export type ReportLeakedTokenInput = {
  /** The whole secret. */
  secret: Scalars['String']['input'];
};

/** The answer to whoever found a secret. */
export type ReportLeakedTokenPayload = {
  __typename?: 'ReportLeakedTokenPayload';
  /** Always true: if the secret was a token of ours, it has been revoked. */
  received: Scalars['Boolean']['output'];
};

/** Names one user, in exactly one way. */
export type UserBy =
  /** The user's id. */
  { id: Scalars['ID']['input']; username?: never; }
  |  /** The user's name, without regard to case. */
  { id?: never; username: Scalars['String']['input']; };

/** What a user may do when logged in. */
export type Role =
  /** Reads users and posts, and does as they please with what is their own. */
  | 'USER'
  /** Holds every scope. */
  | 'ADMIN';

/** A page of users. */
export type UserConnection = {
  __typename?: 'UserConnection';
  /** The users with their cursors. */
  edges: Array<UserEdge>;
  /** The users alone. */
  nodes: Array<User>;
  /** Where this page lies. */
  pageInfo: PageInfo;
  /** How many there are on all pages together; counted only when asked for. */
  totalCount: Scalars['Int']['output'];
};

/** A user in a page. */
export type UserEdge = {
  __typename?: 'UserEdge';
  /** The user. */
  node: User;
  /** Where the user stands in the list. */
  cursor: Scalars['String']['output'];
};

/** A new user. */
export type CreateUserInput = {
  /** 1 to 64 of `A–Z a–z 0–9 _ . -`, unique without regard to case. Names that begin with `deleted-` are reserved. */
  username: Scalars['String']['input'];
  /** 8 to 256 characters, used exactly as given; the commonest are refused. Left out: the user cannot log in. */
  password?: InputMaybe<Scalars['String']['input']>;
  /** Handing out ADMIN requires every scope. */
  role?: InputMaybe<Role>;
};

/** Changes to a user. */
export type UpdateUserInput = {
  /** Whom. */
  user: UserBy;
  /** The new name, with the rules of `CreateUserInput.username`. */
  username?: InputMaybe<Scalars['String']['input']>;
  /** The new role; handing out ADMIN requires every scope. The last ADMIN stays one. */
  role?: InputMaybe<Role>;
};

/** Which user to delete. */
export type DeleteUserInput = {
  /** Whom. */
  user: UserBy;
};

/** A user, after a change. */
export type UserPayload = {
  __typename?: 'UserPayload';
  /** The user as they are now. */
  user: User;
};

/** What is left of a deleted user. */
export type DeleteUserPayload = {
  __typename?: 'DeleteUserPayload';
  /** The id of the deleted user. */
  deletedUserId: Scalars['ID']['output'];
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;





/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  AuditAction: AuditAction;
  AuditEvent: ResolverTypeWrapper<AuditEventModel>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  AuditEventConnection: ResolverTypeWrapper<AuditEventConnectionModel>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  AuditEventEdge: ResolverTypeWrapper<Omit<AuditEventEdge, 'node'> & { node: ResolversTypes['AuditEvent'] }>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Scope: ResolverTypeWrapper<ScopeModel>;
  CredentialKind: CredentialKind;
  Viewer: ResolverTypeWrapper<Authenticated>;
  RequiredScopes: ResolverTypeWrapper<Omit<RequiredScopes, 'scopes' | 'fields'> & { scopes: Array<ResolversTypes['Scope']>, fields: Array<ResolversTypes['FieldRequirement']> }>;
  FieldRequirement: ResolverTypeWrapper<Omit<FieldRequirement, 'scopes'> & { scopes: Array<ResolversTypes['Scope']> }>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  PointsEntryKind: PointsEntryKind;
  PointsEntry: ResolverTypeWrapper<Entry>;
  PointsEntryConnection: ResolverTypeWrapper<PointsEntryConnectionModel>;
  PointsEntryEdge: ResolverTypeWrapper<Omit<PointsEntryEdge, 'node'> & { node: ResolversTypes['PointsEntry'] }>;
  PointsTotals: ResolverTypeWrapper<PointsTotals>;
  PointsDay: ResolverTypeWrapper<PointsDay>;
  User: ResolverTypeWrapper<UserModel>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  AddPointsInput: AddPointsInput;
  SpendPointsInput: SpendPointsInput;
  ReversePointsInput: ReversePointsInput;
  ApplyPointsInput: ApplyPointsInput;
  PointsOperation: PointsOperation;
  ResolvePointsInput: ResolvePointsInput;
  PointsPayload: ResolverTypeWrapper<Omit<PointsPayload, 'user' | 'entry'> & { user: ResolversTypes['User'], entry: ResolversTypes['PointsEntry'] }>;
  ApplyPointsPayload: ResolverTypeWrapper<Omit<ApplyPointsPayload, 'results'> & { results: Array<ResolversTypes['PointsResult']> }>;
  ResolvePointsPayload: ResolverTypeWrapper<Omit<ResolvePointsPayload, 'result'> & { result: ResolversTypes['PointsResult'] }>;
  PointsResult: ResolverTypeWrapper<Omit<PointsResult, 'payload'> & { payload?: Maybe<ResolversTypes['PointsPayload']> }>;
  PointsError: ResolverTypeWrapper<PointsError>;
  Effect: Effect;
  Post: ResolverTypeWrapper<PostModel>;
  PostConnection: ResolverTypeWrapper<PostConnectionModel>;
  PostEdge: ResolverTypeWrapper<Omit<PostEdge, 'node'> & { node: ResolversTypes['Post'] }>;
  CreatePostInput: CreatePostInput;
  UpdatePostInput: UpdatePostInput;
  DeletePostInput: DeletePostInput;
  PostPayload: ResolverTypeWrapper<Omit<PostPayload, 'post'> & { post: ResolversTypes['Post'] }>;
  DeletePostPayload: ResolverTypeWrapper<DeletePostPayload>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Points: ResolverTypeWrapper<Scalars['Points']['output']>;
  PointsDelta: ResolverTypeWrapper<Scalars['PointsDelta']['output']>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  SessionState: SessionState;
  Session: ResolverTypeWrapper<SessionModel>;
  SessionConnection: ResolverTypeWrapper<SessionConnectionModel>;
  SessionEdge: ResolverTypeWrapper<Omit<SessionEdge, 'node'> & { node: ResolversTypes['Session'] }>;
  CredentialsInput: CredentialsInput;
  RenewSessionInput: RenewSessionInput;
  ChangePasswordInput: ChangePasswordInput;
  SetPasswordInput: SetPasswordInput;
  RevokeSessionInput: RevokeSessionInput;
  RevokeSessionsInput: RevokeSessionsInput;
  SessionPayload: ResolverTypeWrapper<TokenPair>;
  LogOutPayload: ResolverTypeWrapper<Omit<LogOutPayload, 'user'> & { user: ResolversTypes['User'] }>;
  RevokeSessionPayload: ResolverTypeWrapper<Omit<RevokeSessionPayload, 'session'> & { session: ResolversTypes['Session'] }>;
  RevokeSessionsPayload: ResolverTypeWrapper<Omit<RevokeSessionsPayload, 'user'> & { user: ResolversTypes['User'] }>;
  TokenFormat: TokenFormat;
  TokenState: TokenState;
  Token: ResolverTypeWrapper<TokenModel>;
  TokenConnection: ResolverTypeWrapper<TokenConnectionModel>;
  TokenEdge: ResolverTypeWrapper<Omit<TokenEdge, 'node'> & { node: ResolversTypes['Token'] }>;
  IssueTokenInput: IssueTokenInput;
  IssueTokenPayload: ResolverTypeWrapper<Omit<IssueTokenPayload, 'token'> & { token: ResolversTypes['Token'] }>;
  RevokeTokenInput: RevokeTokenInput;
  RevokeTokenPayload: ResolverTypeWrapper<Omit<RevokeTokenPayload, 'token'> & { token?: Maybe<ResolversTypes['Token']> }>;
  RotateTokenInput: RotateTokenInput;
  ReportLeakedTokenInput: ReportLeakedTokenInput;
  ReportLeakedTokenPayload: ResolverTypeWrapper<ReportLeakedTokenPayload>;
  UserBy: UserBy;
  Role: Role;
  UserConnection: ResolverTypeWrapper<UserConnectionModel>;
  UserEdge: ResolverTypeWrapper<Omit<UserEdge, 'node'> & { node: ResolversTypes['User'] }>;
  CreateUserInput: CreateUserInput;
  UpdateUserInput: UpdateUserInput;
  DeleteUserInput: DeleteUserInput;
  UserPayload: ResolverTypeWrapper<Omit<UserPayload, 'user'> & { user: ResolversTypes['User'] }>;
  DeleteUserPayload: ResolverTypeWrapper<DeleteUserPayload>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  AuditEvent: AuditEventModel;
  ID: Scalars['ID']['output'];
  AuditEventConnection: AuditEventConnectionModel;
  Int: Scalars['Int']['output'];
  AuditEventEdge: Omit<AuditEventEdge, 'node'> & { node: ResolversParentTypes['AuditEvent'] };
  Query: Record<PropertyKey, never>;
  Viewer: Authenticated;
  RequiredScopes: Omit<RequiredScopes, 'fields'> & { fields: Array<ResolversParentTypes['FieldRequirement']> };
  FieldRequirement: FieldRequirement;
  Boolean: Scalars['Boolean']['output'];
  PointsEntry: Entry;
  PointsEntryConnection: PointsEntryConnectionModel;
  PointsEntryEdge: Omit<PointsEntryEdge, 'node'> & { node: ResolversParentTypes['PointsEntry'] };
  PointsTotals: PointsTotals;
  PointsDay: PointsDay;
  User: UserModel;
  Mutation: Record<PropertyKey, never>;
  Subscription: Record<PropertyKey, never>;
  AddPointsInput: AddPointsInput;
  SpendPointsInput: SpendPointsInput;
  ReversePointsInput: ReversePointsInput;
  ApplyPointsInput: ApplyPointsInput;
  PointsOperation: PointsOperation;
  ResolvePointsInput: ResolvePointsInput;
  PointsPayload: Omit<PointsPayload, 'user' | 'entry'> & { user: ResolversParentTypes['User'], entry: ResolversParentTypes['PointsEntry'] };
  ApplyPointsPayload: Omit<ApplyPointsPayload, 'results'> & { results: Array<ResolversParentTypes['PointsResult']> };
  ResolvePointsPayload: Omit<ResolvePointsPayload, 'result'> & { result: ResolversParentTypes['PointsResult'] };
  PointsResult: Omit<PointsResult, 'payload'> & { payload?: Maybe<ResolversParentTypes['PointsPayload']> };
  PointsError: PointsError;
  Post: PostModel;
  PostConnection: PostConnectionModel;
  PostEdge: Omit<PostEdge, 'node'> & { node: ResolversParentTypes['Post'] };
  CreatePostInput: CreatePostInput;
  UpdatePostInput: UpdatePostInput;
  DeletePostInput: DeletePostInput;
  PostPayload: Omit<PostPayload, 'post'> & { post: ResolversParentTypes['Post'] };
  DeletePostPayload: DeletePostPayload;
  DateTime: Scalars['DateTime']['output'];
  Points: Scalars['Points']['output'];
  PointsDelta: Scalars['PointsDelta']['output'];
  PageInfo: PageInfo;
  Session: SessionModel;
  SessionConnection: SessionConnectionModel;
  SessionEdge: Omit<SessionEdge, 'node'> & { node: ResolversParentTypes['Session'] };
  CredentialsInput: CredentialsInput;
  RenewSessionInput: RenewSessionInput;
  ChangePasswordInput: ChangePasswordInput;
  SetPasswordInput: SetPasswordInput;
  RevokeSessionInput: RevokeSessionInput;
  RevokeSessionsInput: RevokeSessionsInput;
  SessionPayload: TokenPair;
  LogOutPayload: Omit<LogOutPayload, 'user'> & { user: ResolversParentTypes['User'] };
  RevokeSessionPayload: Omit<RevokeSessionPayload, 'session'> & { session: ResolversParentTypes['Session'] };
  RevokeSessionsPayload: Omit<RevokeSessionsPayload, 'user'> & { user: ResolversParentTypes['User'] };
  Token: TokenModel;
  TokenConnection: TokenConnectionModel;
  TokenEdge: Omit<TokenEdge, 'node'> & { node: ResolversParentTypes['Token'] };
  IssueTokenInput: IssueTokenInput;
  IssueTokenPayload: Omit<IssueTokenPayload, 'token'> & { token: ResolversParentTypes['Token'] };
  RevokeTokenInput: RevokeTokenInput;
  RevokeTokenPayload: Omit<RevokeTokenPayload, 'token'> & { token?: Maybe<ResolversParentTypes['Token']> };
  RotateTokenInput: RotateTokenInput;
  ReportLeakedTokenInput: ReportLeakedTokenInput;
  ReportLeakedTokenPayload: ReportLeakedTokenPayload;
  UserBy: UserBy;
  UserConnection: UserConnectionModel;
  UserEdge: Omit<UserEdge, 'node'> & { node: ResolversParentTypes['User'] };
  CreateUserInput: CreateUserInput;
  UpdateUserInput: UpdateUserInput;
  DeleteUserInput: DeleteUserInput;
  UserPayload: Omit<UserPayload, 'user'> & { user: ResolversParentTypes['User'] };
  DeleteUserPayload: DeleteUserPayload;
  String: Scalars['String']['output'];
};

export type AuthDirectiveArgs = {
  scope?: Maybe<Array<Scope>>;
  owner?: Maybe<Scalars['String']['input']>;
  kind?: Maybe<CredentialKind>;
};

export type AuthDirectiveResolver<Result, Parent, ContextType = Context, Args = AuthDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type PublicDirectiveArgs = { };

export type PublicDirectiveResolver<Result, Parent, ContextType = Context, Args = PublicDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type AuditEventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEvent'] = ResolversParentTypes['AuditEvent']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  at?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  action?: Resolver<ResolversTypes['AuditAction'], ParentType, ContextType>;
  actor?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  actorToken?: Resolver<Maybe<ResolversTypes['Token']>, ParentType, ContextType>;
  token?: Resolver<Maybe<ResolversTypes['Token']>, ParentType, ContextType>;
  subject?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  address?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  detail?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type AuditEventConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEventConnection'] = ResolversParentTypes['AuditEventConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AuditEventEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['AuditEvent']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type AuditEventEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['AuditEventEdge'] = ResolversParentTypes['AuditEventEdge']> = {
  node?: Resolver<ResolversTypes['AuditEvent'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  auditLog?: Resolver<Maybe<ResolversTypes['AuditEventConnection']>, ParentType, ContextType, RequireFields<QueryAuditLogArgs, 'first'>>;
  viewer?: Resolver<Maybe<ResolversTypes['Viewer']>, ParentType, ContextType>;
  requiredScopes?: Resolver<Maybe<ResolversTypes['RequiredScopes']>, ParentType, ContextType, RequireFields<QueryRequiredScopesArgs, 'document'>>;
  pointsEntries?: Resolver<Maybe<ResolversTypes['PointsEntryConnection']>, ParentType, ContextType, RequireFields<QueryPointsEntriesArgs, 'first'>>;
  pointsByDay?: Resolver<Maybe<Array<ResolversTypes['PointsDay']>>, ParentType, ContextType, RequireFields<QueryPointsByDayArgs, 'first'>>;
  pointsTotals?: Resolver<Maybe<ResolversTypes['PointsTotals']>, ParentType, ContextType>;
  leaderboard?: Resolver<Maybe<ResolversTypes['UserConnection']>, ParentType, ContextType, RequireFields<QueryLeaderboardArgs, 'first'>>;
  post?: Resolver<Maybe<ResolversTypes['Post']>, ParentType, ContextType, RequireFields<QueryPostArgs, 'id'>>;
  posts?: Resolver<Maybe<ResolversTypes['PostConnection']>, ParentType, ContextType, RequireFields<QueryPostsArgs, 'first'>>;
  sessions?: Resolver<Maybe<ResolversTypes['SessionConnection']>, ParentType, ContextType, RequireFields<QuerySessionsArgs, 'first'>>;
  token?: Resolver<Maybe<ResolversTypes['Token']>, ParentType, ContextType, RequireFields<QueryTokenArgs, 'id'>>;
  tokens?: Resolver<Maybe<ResolversTypes['TokenConnection']>, ParentType, ContextType, RequireFields<QueryTokensArgs, 'first'>>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType, RequireFields<QueryUserArgs, 'by'>>;
  users?: Resolver<Maybe<ResolversTypes['UserConnection']>, ParentType, ContextType, RequireFields<QueryUsersArgs, 'first'>>;
};

export type ScopeResolvers = { USERS_READ: 'users:read', USERS_WRITE: 'users:write', POSTS_READ: 'posts:read', POSTS_WRITE: 'posts:write', POINTS_READ: 'points:read', POINTS_ADD: 'points:add', POINTS_SPEND: 'points:spend', POINTS_REVERSE: 'points:reverse', TOKENS_READ: 'tokens:read', TOKENS_ISSUE: 'tokens:issue', TOKENS_REVOKE: 'tokens:revoke', AUDIT_READ: 'audit:read' };

export type ViewerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  kind?: Resolver<ResolversTypes['CredentialKind'], ParentType, ContextType>;
  scopes?: Resolver<Array<ResolversTypes['Scope']>, ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  token?: Resolver<Maybe<ResolversTypes['Token']>, ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type RequiredScopesResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RequiredScopes'] = ResolversParentTypes['RequiredScopes']> = {
  scopes?: Resolver<Array<ResolversTypes['Scope']>, ParentType, ContextType>;
  fields?: Resolver<Array<ResolversTypes['FieldRequirement']>, ParentType, ContextType>;
};

export type FieldRequirementResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FieldRequirement'] = ResolversParentTypes['FieldRequirement']> = {
  coordinate?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  scopes?: Resolver<Array<ResolversTypes['Scope']>, ParentType, ContextType>;
  ownerAllowed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  public?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type PointsEntryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsEntry'] = ResolversParentTypes['PointsEntry']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['PointsEntryKind'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  delta?: Resolver<ResolversTypes['PointsDelta'], ParentType, ContextType>;
  balanceAfter?: Resolver<ResolversTypes['Points'], ParentType, ContextType>;
  sequence?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reverses?: Resolver<Maybe<ResolversTypes['PointsEntry']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type PointsEntryConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsEntryConnection'] = ResolversParentTypes['PointsEntryConnection']> = {
  edges?: Resolver<Array<ResolversTypes['PointsEntryEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['PointsEntry']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PointsEntryEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsEntryEdge'] = ResolversParentTypes['PointsEntryEdge']> = {
  node?: Resolver<ResolversTypes['PointsEntry'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PointsTotalsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsTotals'] = ResolversParentTypes['PointsTotals']> = {
  points?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  holders?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  entries?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PointsDayResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsDay'] = ResolversParentTypes['PointsDay']> = {
  day?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  added?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  spent?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  reversed?: Resolver<Maybe<ResolversTypes['PointsDelta']>, ParentType, ContextType>;
  entries?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  points?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  pointsHistory?: Resolver<Maybe<ResolversTypes['PointsEntryConnection']>, ParentType, ContextType, RequireFields<UserPointsHistoryArgs, 'first'>>;
  posts?: Resolver<Maybe<ResolversTypes['PostConnection']>, ParentType, ContextType, RequireFields<UserPostsArgs, 'first'>>;
  sessions?: Resolver<Maybe<ResolversTypes['SessionConnection']>, ParentType, ContextType, RequireFields<UserSessionsArgs, 'first'>>;
  tokens?: Resolver<Maybe<ResolversTypes['TokenConnection']>, ParentType, ContextType, RequireFields<UserTokensArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  deletedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  addPoints?: Resolver<Maybe<ResolversTypes['PointsPayload']>, ParentType, ContextType, RequireFields<MutationAddPointsArgs, 'input'>>;
  spendPoints?: Resolver<Maybe<ResolversTypes['PointsPayload']>, ParentType, ContextType, RequireFields<MutationSpendPointsArgs, 'input'>>;
  reversePoints?: Resolver<Maybe<ResolversTypes['PointsPayload']>, ParentType, ContextType, RequireFields<MutationReversePointsArgs, 'input'>>;
  applyPoints?: Resolver<Maybe<ResolversTypes['ApplyPointsPayload']>, ParentType, ContextType, RequireFields<MutationApplyPointsArgs, 'input'>>;
  resolvePoints?: Resolver<Maybe<ResolversTypes['ResolvePointsPayload']>, ParentType, ContextType, RequireFields<MutationResolvePointsArgs, 'input'>>;
  createPost?: Resolver<Maybe<ResolversTypes['PostPayload']>, ParentType, ContextType, RequireFields<MutationCreatePostArgs, 'input'>>;
  updatePost?: Resolver<Maybe<ResolversTypes['PostPayload']>, ParentType, ContextType, RequireFields<MutationUpdatePostArgs, 'input'>>;
  deletePost?: Resolver<Maybe<ResolversTypes['DeletePostPayload']>, ParentType, ContextType, RequireFields<MutationDeletePostArgs, 'input'>>;
  signUp?: Resolver<Maybe<ResolversTypes['SessionPayload']>, ParentType, ContextType, RequireFields<MutationSignUpArgs, 'input'>>;
  logIn?: Resolver<Maybe<ResolversTypes['SessionPayload']>, ParentType, ContextType, RequireFields<MutationLogInArgs, 'input'>>;
  renewSession?: Resolver<Maybe<ResolversTypes['SessionPayload']>, ParentType, ContextType, RequireFields<MutationRenewSessionArgs, 'input'>>;
  logOut?: Resolver<Maybe<ResolversTypes['LogOutPayload']>, ParentType, ContextType>;
  changePassword?: Resolver<Maybe<ResolversTypes['SessionPayload']>, ParentType, ContextType, RequireFields<MutationChangePasswordArgs, 'input'>>;
  setPassword?: Resolver<Maybe<ResolversTypes['UserPayload']>, ParentType, ContextType, RequireFields<MutationSetPasswordArgs, 'input'>>;
  revokeSession?: Resolver<Maybe<ResolversTypes['RevokeSessionPayload']>, ParentType, ContextType, RequireFields<MutationRevokeSessionArgs, 'input'>>;
  revokeSessions?: Resolver<Maybe<ResolversTypes['RevokeSessionsPayload']>, ParentType, ContextType, RequireFields<MutationRevokeSessionsArgs, 'input'>>;
  issueToken?: Resolver<Maybe<ResolversTypes['IssueTokenPayload']>, ParentType, ContextType, RequireFields<MutationIssueTokenArgs, 'input'>>;
  revokeToken?: Resolver<Maybe<ResolversTypes['RevokeTokenPayload']>, ParentType, ContextType, RequireFields<MutationRevokeTokenArgs, 'input'>>;
  rotateToken?: Resolver<Maybe<ResolversTypes['IssueTokenPayload']>, ParentType, ContextType, RequireFields<MutationRotateTokenArgs, 'input'>>;
  reportLeakedToken?: Resolver<Maybe<ResolversTypes['ReportLeakedTokenPayload']>, ParentType, ContextType, RequireFields<MutationReportLeakedTokenArgs, 'input'>>;
  revokeCurrentToken?: Resolver<Maybe<ResolversTypes['RevokeTokenPayload']>, ParentType, ContextType>;
  createUser?: Resolver<Maybe<ResolversTypes['UserPayload']>, ParentType, ContextType, RequireFields<MutationCreateUserArgs, 'input'>>;
  updateUser?: Resolver<Maybe<ResolversTypes['UserPayload']>, ParentType, ContextType, RequireFields<MutationUpdateUserArgs, 'input'>>;
  deleteUser?: Resolver<Maybe<ResolversTypes['DeleteUserPayload']>, ParentType, ContextType, RequireFields<MutationDeleteUserArgs, 'input'>>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  pointsChanged?: SubscriptionResolver<ResolversTypes['PointsEntry'], "pointsChanged", ParentType, ContextType, Partial<SubscriptionPointsChangedArgs>>;
};

export type PointsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsPayload'] = ResolversParentTypes['PointsPayload']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  points?: Resolver<ResolversTypes['Points'], ParentType, ContextType>;
  entry?: Resolver<ResolversTypes['PointsEntry'], ParentType, ContextType>;
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ApplyPointsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApplyPointsPayload'] = ResolversParentTypes['ApplyPointsPayload']> = {
  results?: Resolver<Array<ResolversTypes['PointsResult']>, ParentType, ContextType>;
};

export type ResolvePointsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ResolvePointsPayload'] = ResolversParentTypes['ResolvePointsPayload']> = {
  result?: Resolver<ResolversTypes['PointsResult'], ParentType, ContextType>;
};

export type PointsResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsResult'] = ResolversParentTypes['PointsResult']> = {
  payload?: Resolver<Maybe<ResolversTypes['PointsPayload']>, ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['PointsError']>, ParentType, ContextType>;
};

export type PointsErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsError'] = ResolversParentTypes['PointsError']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  effect?: Resolver<ResolversTypes['Effect'], ParentType, ContextType>;
  available?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  needed?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type PostResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Post'] = ResolversParentTypes['Post']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  title?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  body?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  author?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type PostConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PostConnection'] = ResolversParentTypes['PostConnection']> = {
  edges?: Resolver<Array<ResolversTypes['PostEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Post']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PostEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PostEdge'] = ResolversParentTypes['PostEdge']> = {
  node?: Resolver<ResolversTypes['Post'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PostPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PostPayload'] = ResolversParentTypes['PostPayload']> = {
  post?: Resolver<ResolversTypes['Post'], ParentType, ContextType>;
};

export type DeletePostPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeletePostPayload'] = ResolversParentTypes['DeletePostPayload']> = {
  deletedPostId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface PointsScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['Points'], any> {
  name: 'Points';
}

export interface PointsDeltaScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['PointsDelta'], any> {
  name: 'PointsDelta';
}

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type SessionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Session'] = ResolversParentTypes['Session']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  renewedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['SessionState'], ParentType, ContextType>;
  isCurrent?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type SessionConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionConnection'] = ResolversParentTypes['SessionConnection']> = {
  edges?: Resolver<Array<ResolversTypes['SessionEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Session']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SessionEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionEdge'] = ResolversParentTypes['SessionEdge']> = {
  node?: Resolver<ResolversTypes['Session'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type SessionPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SessionPayload'] = ResolversParentTypes['SessionPayload']> = {
  accessToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  refreshToken?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  expiresIn?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type LogOutPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['LogOutPayload'] = ResolversParentTypes['LogOutPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type RevokeSessionPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeSessionPayload'] = ResolversParentTypes['RevokeSessionPayload']> = {
  session?: Resolver<ResolversTypes['Session'], ParentType, ContextType>;
};

export type RevokeSessionsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeSessionsPayload'] = ResolversParentTypes['RevokeSessionsPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type TokenResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Token'] = ResolversParentTypes['Token']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  format?: Resolver<ResolversTypes['TokenFormat'], ParentType, ContextType>;
  hint?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  scopes?: Resolver<Array<ResolversTypes['Scope']>, ParentType, ContextType>;
  owner?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  issuedBy?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  issuedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastUsedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  revokedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['TokenState'], ParentType, ContextType>;
};

export type TokenConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TokenConnection'] = ResolversParentTypes['TokenConnection']> = {
  edges?: Resolver<Array<ResolversTypes['TokenEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Token']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type TokenEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TokenEdge'] = ResolversParentTypes['TokenEdge']> = {
  node?: Resolver<ResolversTypes['Token'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type IssueTokenPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IssueTokenPayload'] = ResolversParentTypes['IssueTokenPayload']> = {
  secret?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  token?: Resolver<ResolversTypes['Token'], ParentType, ContextType>;
};

export type RevokeTokenPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RevokeTokenPayload'] = ResolversParentTypes['RevokeTokenPayload']> = {
  token?: Resolver<Maybe<ResolversTypes['Token']>, ParentType, ContextType>;
};

export type ReportLeakedTokenPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReportLeakedTokenPayload'] = ResolversParentTypes['ReportLeakedTokenPayload']> = {
  received?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type UserConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserConnection'] = ResolversParentTypes['UserConnection']> = {
  edges?: Resolver<Array<ResolversTypes['UserEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['User']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type UserEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserEdge'] = ResolversParentTypes['UserEdge']> = {
  node?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type UserPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserPayload'] = ResolversParentTypes['UserPayload']> = {
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type DeleteUserPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteUserPayload'] = ResolversParentTypes['DeleteUserPayload']> = {
  deletedUserId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  AuditEvent?: AuditEventResolvers<ContextType>;
  AuditEventConnection?: AuditEventConnectionResolvers<ContextType>;
  AuditEventEdge?: AuditEventEdgeResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  Scope?: ScopeResolvers;
  Viewer?: ViewerResolvers<ContextType>;
  RequiredScopes?: RequiredScopesResolvers<ContextType>;
  FieldRequirement?: FieldRequirementResolvers<ContextType>;
  PointsEntry?: PointsEntryResolvers<ContextType>;
  PointsEntryConnection?: PointsEntryConnectionResolvers<ContextType>;
  PointsEntryEdge?: PointsEntryEdgeResolvers<ContextType>;
  PointsTotals?: PointsTotalsResolvers<ContextType>;
  PointsDay?: PointsDayResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  PointsPayload?: PointsPayloadResolvers<ContextType>;
  ApplyPointsPayload?: ApplyPointsPayloadResolvers<ContextType>;
  ResolvePointsPayload?: ResolvePointsPayloadResolvers<ContextType>;
  PointsResult?: PointsResultResolvers<ContextType>;
  PointsError?: PointsErrorResolvers<ContextType>;
  Post?: PostResolvers<ContextType>;
  PostConnection?: PostConnectionResolvers<ContextType>;
  PostEdge?: PostEdgeResolvers<ContextType>;
  PostPayload?: PostPayloadResolvers<ContextType>;
  DeletePostPayload?: DeletePostPayloadResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Points?: GraphQLScalarType;
  PointsDelta?: GraphQLScalarType;
  PageInfo?: PageInfoResolvers<ContextType>;
  Session?: SessionResolvers<ContextType>;
  SessionConnection?: SessionConnectionResolvers<ContextType>;
  SessionEdge?: SessionEdgeResolvers<ContextType>;
  SessionPayload?: SessionPayloadResolvers<ContextType>;
  LogOutPayload?: LogOutPayloadResolvers<ContextType>;
  RevokeSessionPayload?: RevokeSessionPayloadResolvers<ContextType>;
  RevokeSessionsPayload?: RevokeSessionsPayloadResolvers<ContextType>;
  Token?: TokenResolvers<ContextType>;
  TokenConnection?: TokenConnectionResolvers<ContextType>;
  TokenEdge?: TokenEdgeResolvers<ContextType>;
  IssueTokenPayload?: IssueTokenPayloadResolvers<ContextType>;
  RevokeTokenPayload?: RevokeTokenPayloadResolvers<ContextType>;
  ReportLeakedTokenPayload?: ReportLeakedTokenPayloadResolvers<ContextType>;
  UserConnection?: UserConnectionResolvers<ContextType>;
  UserEdge?: UserEdgeResolvers<ContextType>;
  UserPayload?: UserPayloadResolvers<ContextType>;
  DeleteUserPayload?: DeleteUserPayloadResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = Context> = {
  auth?: AuthDirectiveResolver<any, any, ContextType>;
  public?: PublicDirectiveResolver<any, any, ContextType>;
};
