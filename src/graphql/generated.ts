import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { Scope as ScopeModel } from '../auth/scope.js';
import type { UserWithPoints as UserModel } from '../points/read-users-with-points.js';
import type { Post as PostModel } from '../posts/post.js';
import type { Session as SessionModel } from '../sessions/session.js';
import type { TokenPair } from '../sessions/session-tokens.js';
import type { Token as TokenModel } from '../tokens/token.js';
import type { Entry } from '../points/entry.js';
import type { Hold } from '../points/holds/hold.js';
import type { PointsStatement as PointsStatementModel } from '../points/read-statement.js';
import type { AuditEvent as AuditEventModel } from '../audit/event.js';
import type { Webhook as WebhookModel } from '../webhooks/webhook.js';
import type { Authenticated } from '../auth/principal.js';
import type { UserConnection as UserConnectionModel, PostConnection as PostConnectionModel, SessionConnection as SessionConnectionModel, TokenConnection as TokenConnectionModel, PointsEntryConnection as PointsEntryConnectionModel, PointsHoldConnection as PointsHoldConnectionModel, AuditEventConnection as AuditEventConnectionModel, WebhookConnection as WebhookConnectionModel } from './resolvers/connection.js';
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
  /** An instant in UTC as of RFC 3339: `2026-01-31T09:30:00.000Z`. */
  DateTime: { input: Date; output: Date; }
  /** A number of points: an integer from 0 to 9007199254740991 (2^53-1); in a change, from 1. */
  Points: { input: number; output: number; }
  /** A change of a balance: an integer from -9007199254740991 to 9007199254740991; negative if points were taken. */
  PointsDelta: { input: number; output: number; }
};

/** A recorded action. Changes of points are in the ledger, with the credential that made them. */
export type AuditAction =
  /** A token was issued. */
  | 'TOKEN_ISSUED'
  /** A token was replaced by a new one, which `detail` names. */
  | 'TOKEN_ROTATED'
  /** A token was revoked. */
  | 'TOKEN_REVOKED'
  /** A token was changed. `detail` holds what was changed, from what and to what. */
  | 'TOKEN_UPDATED'
  /** A token was paused. */
  | 'TOKEN_PAUSED'
  /** A paused token was resumed. */
  | 'TOKEN_RESUMED'
  /** A user was created. */
  | 'USER_CREATED'
  /** A user was renamed. */
  | 'USER_UPDATED'
  /** The role of a user was changed. `detail` holds the old and the new role. */
  | 'ROLE_CHANGED'
  /** A user was deleted. Their tokens and sessions ended. */
  | 'USER_DELETED'
  /** A user was linked to an id in another system. `detail` names the system. */
  | 'EXTERNAL_ID_LINKED'
  /** An id in another system was unlinked from a user. `detail` names the system. */
  | 'EXTERNAL_ID_UNLINKED'
  /** A webhook was created. `detail` holds its id. */
  | 'WEBHOOK_CREATED'
  /** The URL or the events of a webhook were changed. `detail` holds its id and what was changed. */
  | 'WEBHOOK_UPDATED'
  /** A webhook got a new key. `detail` holds its id. */
  | 'WEBHOOK_KEY_ROTATED'
  /** A webhook was paused, by a user or by the server. `detail` holds its id and the reason. */
  | 'WEBHOOK_PAUSED'
  /** A paused webhook was resumed. `detail` holds its id. */
  | 'WEBHOOK_RESUMED'
  /** A webhook was deleted. `detail` holds its id. */
  | 'WEBHOOK_DELETED'
  /** A user signed up and was logged in. */
  | 'SIGNED_UP'
  /** A user logged in. */
  | 'LOGGED_IN'
  /** A log-in failed because of a wrong password or an unknown username. For an unknown username there is no subject. */
  | 'LOGIN_FAILED'
  /** A session was ended by its user or by an administrator. */
  | 'LOGGED_OUT'
  /** A refresh token was used twice, so it may have been copied. The session was ended. */
  | 'REFRESH_TOKEN_REUSED'
  /** The password of a user was changed or set. */
  | 'PASSWORD_CHANGED'
  /** A restored database was sealed, before it was served: every token and webhook was paused, every session ended, and every ADMIN but the subject made a USER. `detail` holds how many. */
  | 'RESTORE_SEALED';

/** An action in the audit log. It is recorded in the transaction of the action and is never changed or deleted. */
export type AuditEvent = {
  __typename?: 'AuditEvent';
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** When it happened. */
  at: Scalars['DateTime']['output'];
  /** The action. */
  action: AuditAction;
  /** The user behind the credential that was used; null for the command line and for anonymous requests. */
  actor?: Maybe<User>;
  /** The app token that was used; null if the actor used none. */
  actorToken?: Maybe<Token>;
  /** The token that the action affected; if it affected none, the app token that the actor used. */
  token?: Maybe<Token>;
  /** The user that the action affected; for a token, its owner. */
  subject?: Maybe<User>;
  /** The network address of the client. */
  address?: Maybe<Scalars['String']['output']>;
  /** Further details. Never a secret or a username. */
  detail?: Maybe<Scalars['String']['output']>;
};

/** A page of the audit log. */
export type AuditEventConnection = {
  __typename?: 'AuditEventConnection';
  /** The events with their cursors. */
  edges: Array<AuditEventEdge>;
  /** The events without their cursors. */
  nodes: Array<AuditEvent>;
  /** The position of this page in the list. */
  pageInfo: PageInfo;
  /** Number of items on all pages; counted only when selected, with a filter up to 10,000. */
  totalCount: Scalars['Int']['output'];
};

/** An event in a page. */
export type AuditEventEdge = {
  __typename?: 'AuditEventEdge';
  /** The event. */
  node: AuditEvent;
  /** The cursor of the event. */
  cursor: Scalars['String']['output'];
};

/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type Query = {
  __typename?: 'Query';
  /** Actions on users, tokens and sessions, newest first. */
  auditLog?: Maybe<AuditEventConnection>;
  /** The principal of the request and its scopes. */
  viewer?: Maybe<Viewer>;
  /** The scopes that the operations of a document require, so that an application can ask for a token with no more. */
  requiredScopes?: Maybe<RequiredScopes>;
  /** An entry of the ledger; null if there is none with this id. */
  pointsEntry?: Maybe<PointsEntry>;
  /**
   * Ledger entries of all users, newest first. Entries written in the meantime do not move others to another page. With a
   * filter, a page can hold fewer than `first` entries, or none, although `hasNextPage` is true: it examined 5,000 entries.
   * Continue after its `endCursor`.
   */
  pointsEntries?: Maybe<PointsEntryConnection>;
  /** A hold; null if there is none with this id. */
  pointsHold?: Maybe<PointsHold>;
  /** Holds of all users, newest first. */
  pointsHolds?: Maybe<PointsHoldConnection>;
  /** Points added, spent and reversed per UTC day, today first. Days without entries are included. */
  pointsByDay?: Maybe<Array<PointsDay>>;
  /** Totals over all users. */
  pointsTotals?: Maybe<PointsTotals>;
  /** Users by points, highest first, then by username. Deleted users are not included. */
  leaderboard?: Maybe<UserConnection>;
  /** A post; null if it does not exist. */
  post?: Maybe<Post>;
  /** Posts, newest first. */
  posts?: Maybe<PostConnection>;
  /** Sessions, newest first. */
  sessions?: Maybe<SessionConnection>;
  /** A token; null if it does not exist. */
  token?: Maybe<Token>;
  /** All issued tokens, newest first, including expired and revoked ones. */
  tokens?: Maybe<TokenConnection>;
  /** A user; null if it does not exist. */
  user?: Maybe<User>;
  /** Users by username. Deleted users are not included. */
  users?: Maybe<UserConnection>;
  /** A webhook; null if there is none with this id. */
  webhook?: Maybe<Webhook>;
  /** All webhooks, newest first. */
  webhooks?: Maybe<WebhookConnection>;
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryAuditLogArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  action?: InputMaybe<AuditAction>;
  user?: InputMaybe<UserBy>;
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryRequiredScopesArgs = {
  document: Scalars['String']['input'];
  operationName?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryPointsEntryArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryPointsEntriesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<PointsEntryFilter>;
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryPointsHoldArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryPointsHoldsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  state?: InputMaybe<HoldState>;
  reference?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryPointsByDayArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryLeaderboardArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryPostArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryPostsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  author?: InputMaybe<UserBy>;
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QuerySessionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  user?: InputMaybe<UserBy>;
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryTokenArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryTokensArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  owner?: InputMaybe<UserBy>;
  state?: InputMaybe<TokenState>;
  search?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryUserArgs = {
  by: UserBy;
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryUsersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  search?: InputMaybe<Scalars['String']['input']>;
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryWebhookArgs = {
  id: Scalars['ID']['input'];
};


/** Reads. A field that fails is null and has an entry in `errors`; the other fields of the response are not affected. */
export type QueryWebhooksArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

/** A permission of a credential. `POINTS_ADD` is written `points:add` in JWTs, in headers and on the command line. */
export type Scope =
  /** Read any user. */
  | 'users:read'
  /**
   * Create, change and delete any user, and set passwords. This can take over every account that is not an ADMIN's.
   * Changing an ADMIN other than the session's own user requires every scope.
   */
  | 'users:write'
  /**
   * See and change the ids that users have in other systems. With `POINTS_ADD` it also creates users without password and
   * role for ids that no user has (`AddPointsInput.ifMissing`).
   */
  | 'users:link'
  /** Read any post. */
  | 'posts:read'
  /** Create, change and delete the posts of any user. */
  | 'posts:write'
  /** Read the points and ledger entries of any user. */
  | 'points:read'
  /** Add points to any user. */
  | 'points:add'
  /** Spend the points of any user. */
  | 'points:spend'
  /** Reverse an entry of the ledger. */
  | 'points:reverse'
  /** Move points from any user to any other. */
  | 'points:transfer'
  /** Read issued tokens. Secrets are never returned. */
  | 'tokens:read'
  /** Issue tokens with at most the scopes of the issuer. */
  | 'tokens:issue'
  /** Revoke any token. */
  | 'tokens:revoke'
  /** Read the audit log. */
  | 'audit:read'
  /** Read webhooks. */
  | 'webhooks:read'
  /** Create, change and delete webhooks, each also with the scopes of its events. */
  | 'webhooks:write';

/** The two kinds of credential. */
export type CredentialKind =
  /** An app token, issued to a trusted application with its own scopes. */
  | 'APP'
  /** A session of a logged-in user, with the scopes of the user's role. */
  | 'USER';

/** The principal of the request. */
export type Viewer = {
  __typename?: 'Viewer';
  /** APP for an app token, USER for a session. */
  kind: CredentialKind;
  /** The scopes of the credential, in the order of the enum. */
  scopes: Array<Scope>;
  /** The session's user, or the token's owner. */
  user: User;
  /** The app token of the request; null for a session. */
  token?: Maybe<Token>;
  /** When the credential expires; null if never. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
};

/** What an operation requires of its caller. */
export type RequiredScopes = {
  __typename?: 'RequiredScopes';
  /** Every scope that the operation requires, in the order of the enum. */
  scopes: Array<Scope>;
  /** Lists of scopes: the operation requires at least one of each. Lists of which `scopes` has one are left out. */
  anyScopes: Array<Array<Scope>>;
  /** The coordinates with a requirement, each once. */
  fields: Array<FieldRequirement>;
};

/** What one schema coordinate requires. */
export type FieldRequirement = {
  __typename?: 'FieldRequirement';
  /** The schema coordinate: `Mutation.addPoints`, `UpdateUserInput.role`. */
  coordinate: Scalars['String']['output'];
  /** Every required scope, in the order of the enum. */
  scopes: Array<Scope>;
  /** Lists of scopes: at least one of each is required. Lists of which `scopes` has one are left out. */
  anyScopes: Array<Array<Scope>>;
  /** Whether a logged-in user may use it without the scopes for what they own. */
  ownerAllowed: Scalars['Boolean']['output'];
  /** Whether it requires no credential. */
  public: Scalars['Boolean']['output'];
};

/** The kind of a ledger entry. */
export type PointsEntryKind =
  /** Points were added. */
  | 'ADD'
  /** Points were spent. */
  | 'SPEND'
  /** An earlier entry was reversed. */
  | 'REVERSAL'
  /** Points were given to another user. */
  | 'TRANSFER_OUT'
  /** Points were received from another user. */
  | 'TRANSFER_IN';

/** An entry of the ledger. Entries are never changed or deleted. */
export type PointsEntry = {
  __typename?: 'PointsEntry';
  /** Identifies the entry permanently. */
  id: Scalars['ID']['output'];
  /** The kind of the entry. */
  kind: PointsEntryKind;
  /** The user whose points changed. */
  user: User;
  /** The change of the balance; negative if points were taken. */
  delta: Scalars['PointsDelta']['output'];
  /** The balance of the user after this entry. */
  balanceAfter: Scalars['Points']['output'];
  /** Numbers the entries of a user from 1 without gaps. */
  sequence: Scalars['Int']['output'];
  /** The reason given with the change. */
  reason?: Maybe<Scalars['String']['output']>;
  /** The entry that this one reverses; null unless `kind` is REVERSAL. */
  reverses?: Maybe<PointsEntry>;
  /** The entry that reverses this one. */
  reversedBy?: Maybe<PointsEntry>;
  /** When the change was made. It never decreases within the entries of one user. */
  createdAt: Scalars['DateTime']['output'];
  /** When the entry was written here; later than `createdAt` if it was imported. */
  recordedAt: Scalars['DateTime']['output'];
  /** What the change belongs to in the client's own system, such as an order. */
  reference?: Maybe<Scalars['String']['output']>;
  /** What the client stored with the change, in the order given. */
  metadata: Array<MetadataItem>;
  /** Who made the change: the user of the session, the owner of the app token, or who was named on the command line. */
  by?: Maybe<User>;
  /** The app token that made the change; null if it was made in a session or on the command line. */
  token?: Maybe<Token>;
  /** The idempotency key of the change. Of a transfer only the entry of the giver has it. */
  idempotencyKey?: Maybe<Scalars['String']['output']>;
  /** The hold that was captured by this entry. */
  hold?: Maybe<PointsHold>;
  /** The other entry of a transfer, or of its reversal. */
  counterpart?: Maybe<PointsEntry>;
  /** The user of the other entry of a transfer, or of its reversal. */
  counterpartUser?: Maybe<User>;
};

/** A name and a value that a client stored with an entry. */
export type MetadataItem = {
  __typename?: 'MetadataItem';
  /** The name: 1 to 40 of `a–z 0–9 _`, unique within the entry. */
  key: Scalars['String']['output'];
  /** The value, up to 200 characters. */
  value: Scalars['String']['output'];
};

/** Selects ledger entries. Those that match every given field are returned. */
export type PointsEntryFilter = {
  /** The kinds of entries, at least one. */
  kinds?: InputMaybe<Array<PointsEntryKind>>;
  /** The earliest time: `recordedAt` in `pointsEntries`, `createdAt` in `pointsHistory`. */
  since?: InputMaybe<Scalars['DateTime']['input']>;
  /** The time before which the entries are; not before `since`. */
  until?: InputMaybe<Scalars['DateTime']['input']>;
  /** The id of the app token that made the change. */
  token?: InputMaybe<Scalars['ID']['input']>;
  /** Who made the change, as in `PointsEntry.by`. */
  by?: InputMaybe<UserBy>;
  /** The reference of the change, compared to the letter. */
  reference?: InputMaybe<Scalars['String']['input']>;
};

/**
 * The movements of a user's points in a period: `opening + added - spent + reversed = closing`. Points that were received count
 * as added, and points that were given as spent.
 */
export type PointsStatement = {
  __typename?: 'PointsStatement';
  /** The start of the period. */
  since: Scalars['DateTime']['output'];
  /** The end of the period, which does not belong to it. */
  until: Scalars['DateTime']['output'];
  /** The balance at the start. */
  opening: Scalars['Points']['output'];
  /** Points added; null above 9007199254740991. */
  added?: Maybe<Scalars['Points']['output']>;
  /** Points spent; null above 9007199254740991. */
  spent?: Maybe<Scalars['Points']['output']>;
  /** Sum of all reversals; negative if they took more points than they returned. Null beyond ±9007199254740991. */
  reversed?: Maybe<Scalars['PointsDelta']['output']>;
  /** The balance at the end. */
  closing: Scalars['Points']['output'];
  /** Number of entries in the period. */
  entries: Scalars['Int']['output'];
};

/** A page of ledger entries. */
export type PointsEntryConnection = {
  __typename?: 'PointsEntryConnection';
  /** The entries with their cursors. */
  edges: Array<PointsEntryEdge>;
  /** The entries without their cursors. */
  nodes: Array<PointsEntry>;
  /** The position of this page in the list. */
  pageInfo: PageInfo;
  /**
   * Number of items on all pages. With a filter, at most 10,000: those that match among the newest 100,000 entries of its
   * period or, in `pointsEntries`, with its `reference`.
   */
  totalCount: Scalars['Int']['output'];
};

/** An entry in a page. */
export type PointsEntryEdge = {
  __typename?: 'PointsEntryEdge';
  /** The entry. */
  node: PointsEntry;
  /** The cursor of the entry. */
  cursor: Scalars['String']['output'];
};

/** The state of a hold. */
export type HoldState =
  /** The points are reserved. */
  | 'HELD'
  /** Points were taken. What was left of the hold is available again. */
  | 'CAPTURED'
  /** The points are available again. */
  | 'RELEASED'
  /** The time of the hold ended. The points are available again. */
  | 'EXPIRED';

/**
 * Reserved points of a user. They stay the user's, but cannot be spent, transferred or held again. A hold ends once: it is
 * captured, released, or expires at `expiresAt` by the clock of the database.
 */
export type PointsHold = {
  __typename?: 'PointsHold';
  /** Identifies the hold permanently. */
  id: Scalars['ID']['output'];
  /** The user whose points are reserved. */
  user: User;
  /** Number of points reserved. */
  points: Scalars['Points']['output'];
  /** Number of points that were taken; null unless `state` is CAPTURED. */
  captured?: Maybe<Scalars['Points']['output']>;
  /** The state of the hold now. */
  state: HoldState;
  /** When the hold was made. */
  createdAt: Scalars['DateTime']['output'];
  /** When the hold expires, unless it ends before. */
  expiresAt: Scalars['DateTime']['output'];
  /** When the hold ended; null while it is HELD. For EXPIRED the same as `expiresAt`. */
  endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The reason given with the hold. */
  reason?: Maybe<Scalars['String']['output']>;
  /** What the hold belongs to in the client's own system, such as an order. */
  reference?: Maybe<Scalars['String']['output']>;
  /** What the client stored with the hold, in the order given. */
  metadata: Array<MetadataItem>;
  /** The entry that the capture wrote; null unless `state` is CAPTURED. */
  entry?: Maybe<PointsEntry>;
  /** Who made the hold: the user of the session, the owner of the app token, or who was named on the command line. */
  by?: Maybe<User>;
  /** The app token that made the hold; null if it was made in a session or on the command line. */
  token?: Maybe<Token>;
  /** The idempotency key under which the hold was made. */
  idempotencyKey?: Maybe<Scalars['String']['output']>;
};

/** A page of holds. */
export type PointsHoldConnection = {
  __typename?: 'PointsHoldConnection';
  /** The holds with their cursors. */
  edges: Array<PointsHoldEdge>;
  /** The holds without their cursors. */
  nodes: Array<PointsHold>;
  /** The position of this page in the list. */
  pageInfo: PageInfo;
  /** Number of items on all pages, counted to 10,000. */
  totalCount: Scalars['Int']['output'];
};

/** A hold in a page. */
export type PointsHoldEdge = {
  __typename?: 'PointsHoldEdge';
  /** The hold. */
  node: PointsHold;
  /** The cursor of the hold. */
  cursor: Scalars['String']['output'];
};

/** A user, who has points. */
export type User = {
  __typename?: 'User';
  /** The points of the user that are not held now. */
  pointsAvailable?: Maybe<Scalars['Points']['output']>;
  /** Holds of this user, newest first. */
  pointsHolds?: Maybe<PointsHoldConnection>;
  /** The current balance of the user. */
  points?: Maybe<Scalars['Points']['output']>;
  /** Ledger entries of this user, newest first. */
  pointsHistory?: Maybe<PointsEntryConnection>;
  /**
   * The movements of the user's points in a period of at most 366 days and 200,000 entries. A period with more is refused with
   * `BAD_USER_INPUT` at `until`, with their number in the message.
   */
  pointsStatement?: Maybe<PointsStatement>;
  /** Posts of this user, newest first. */
  posts?: Maybe<PostConnection>;
  /** Sessions of this user, newest first. */
  sessions?: Maybe<SessionConnection>;
  /** Tokens issued to this user, newest first. */
  tokens?: Maybe<TokenConnection>;
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** 1 to 64 of `A–Z a–z 0–9 _ . -`, unique, case-insensitive. */
  username: Scalars['String']['output'];
  /** The role of the user. */
  role: Role;
  /** When the user was created. */
  createdAt: Scalars['DateTime']['output'];
  /** When the user was deleted; null if not. The ledger entries of a deleted user stay. */
  deletedAt?: Maybe<Scalars['DateTime']['output']>;
  /** The user's ids in other systems, at most 20, the first linked first. */
  externalIds?: Maybe<Array<ExternalId>>;
};


/** A user, who has points. */
export type UserPointsHoldsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  state?: InputMaybe<HoldState>;
};


/** A user, who has points. */
export type UserPointsHistoryArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  filter?: InputMaybe<PointsEntryFilter>;
};


/** A user, who has points. */
export type UserPointsStatementArgs = {
  since: Scalars['DateTime']['input'];
  until: Scalars['DateTime']['input'];
};


/** A user, who has points. */
export type UserPostsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** A user, who has points. */
export type UserSessionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** A user, who has points. */
export type UserTokensArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

/** Changes. Root fields run one after another, in the order of the operation. */
export type Mutation = {
  __typename?: 'Mutation';
  /**
   * Holds points of a user: they stay the user's, but are not available until the hold ends. It writes no entry. At most 1,000
   * holds of a user are open at a time.
   */
  holdPoints?: Maybe<HoldPayload>;
  /**
   * Ends a hold and takes points of its user: fewer than were held, and the rest is available again; or more, of what is
   * available, and if that does not suffice, the change is refused and the hold stands. With `to` it is a transfer.
   */
  captureHold?: Maybe<PointsPayload>;
  /** Ends a hold: its points are available again. It writes no entry. */
  releaseHold?: Maybe<HoldPayload>;
  /** Moves points from one user to another: writes an entry for each, or none. */
  transferPoints?: Maybe<TransferPayload>;
  /** Adds points to a user. */
  addPoints?: Maybe<PointsPayload>;
  /** Spends points of a user, who must have as many that are not held. */
  spendPoints?: Maybe<PointsPayload>;
  /**
   * Reverses an entry of the ledger, in full and at most once. Points that it takes must still be there, and not be held. The
   * reversal of an entry of a transfer reverses both.
   */
  reversePoints?: Maybe<PointsPayload>;
  /**
   * Applies many changes in one request. It is not one transaction: each change is applied or refused on its own, those of
   * one user in the given order. Only a change that waits for the locked balance of another user for more than a second can be
   * applied later.
   */
  applyPoints?: Maybe<ApplyPointsPayload>;
  /**
   * Returns the certain result of a change that was sent with an idempotency key and got no response. If the change was
   * not applied, the key is closed, and no change can be applied with it later.
   */
  resolvePoints?: Maybe<ResolvePointsPayload>;
  /** Creates a post. */
  createPost?: Maybe<PostPayload>;
  /** Changes a post. Omitted fields stay unchanged. */
  updatePost?: Maybe<PostPayload>;
  /** Deletes a post permanently. */
  deletePost?: Maybe<DeletePostPayload>;
  /** Creates a user with the role USER, and logs them in. */
  signUp?: Maybe<SessionPayload>;
  /** Starts a session. The response is the same for an unknown user and a wrong password. */
  logIn?: Maybe<SessionPayload>;
  /**
   * Exchanges a refresh token for new tokens. Each refresh token can be exchanged once. Repeated within 10 seconds, the
   * exchange returns the same tokens; later it ends the session, since the refresh token may have been copied.
   */
  renewSession?: Maybe<SessionPayload>;
  /** Ends the session of the request immediately. */
  logOut?: Maybe<LogOutPayload>;
  /** Changes the caller's password. All sessions of the user end and a new one starts; app tokens stay valid. */
  changePassword?: Maybe<SessionPayload>;
  /**
   * Sets a user's password without the current one. All sessions of the user end; app tokens stay valid. Setting the
   * password of an ADMIN other than the session's own user requires every scope.
   */
  setPassword?: Maybe<UserPayload>;
  /** Ends a session immediately, on every node. Revoking it again has no effect and returns the same result. */
  revokeSession?: Maybe<RevokeSessionPayload>;
  /** Ends all sessions of a user immediately. */
  revokeSessions?: Maybe<RevokeSessionsPayload>;
  /** Issues a token, with at most the scopes of the issuer. */
  issueToken?: Maybe<IssueTokenPayload>;
  /** Revokes a token immediately, on every node. Revoking it again has no effect and returns the same result. */
  revokeToken?: Maybe<RevokeTokenPayload>;
  /**
   * Replaces an active token by a new one with the same name, owner, scopes, format, expiry, limits, networks and
   * documents. The old one expires after the overlap, which lets a running application switch; what is used of the daily
   * limits counts for both. A token can be rotated once: a second attempt is `BAD_USER_INPUT` and names the successor,
   * which can be rotated.
   */
  rotateToken?: Maybe<IssueTokenPayload>;
  /**
   * Changes the name, expiry, limits or networks of a token, from its next request on, on every node. The caller must hold
   * every scope of the token. What is used of its daily limits stays.
   */
  updateToken?: Maybe<TokenPayload>;
  /**
   * Pauses a token immediately, on every node, until it is resumed. Pausing it again has no effect and returns the same
   * result.
   */
  pauseToken?: Maybe<TokenPayload>;
  /**
   * Makes a paused token valid again. The caller must hold every scope of the token. Resuming one that is not paused has
   * no effect and returns the same result.
   */
  resumeToken?: Maybe<TokenPayload>;
  /**
   * Revokes a leaked token. Possession of the secret is the only requirement. The response is the same for an unknown
   * secret.
   */
  reportLeakedToken?: Maybe<ReportLeakedTokenPayload>;
  /** Revokes the token of the request, for an application that no longer needs it. */
  revokeCurrentToken?: Maybe<RevokeTokenPayload>;
  /** Creates a user. Without a password the user cannot log in. */
  createUser?: Maybe<UserPayload>;
  /**
   * Changes the username or role of a user. Omitted fields stay unchanged. The old username rests for `USERNAME_REST_DAYS`: it
   * names no user, and this user can take it back. Users who rename themselves have at most three usernames resting; another
   * rename is `RATE_LIMITED`.
   */
  updateUser?: Maybe<UserPayload>;
  /**
   * Links a user to an id in another system, by which the user can be named from then on. The same link twice gives the same
   * response. An id belongs to one user: where another one has it, the error is `EXTERNAL_ID_TAKEN`. A user has at most 20 ids.
   * Linking an ADMIN other than the session's own user requires every scope.
   */
  linkExternalId?: Maybe<UserPayload>;
  /**
   * Unlinks an id in another system from its user. It can be linked again immediately. Unlinking an ADMIN other than the
   * session's own user requires every scope.
   */
  unlinkExternalId?: Maybe<UserPayload>;
  /**
   * Deletes a user permanently. Tokens and sessions end immediately, posts are deleted, ids in other systems become free, and
   * the username does after `USERNAME_REST_DAYS`. The ledger entries stay, under a user with `deletedAt` and the username
   * `deleted-…`.
   */
  deleteUser?: Maybe<DeleteUserPayload>;
  /**
   * Makes a webhook, which is sent what happens from now on. It needs the scopes of its events as well. A user, with all their
   * app tokens, has at most 20 webhooks. No token with limits, networks or documents makes or changes one.
   */
  createWebhook?: Maybe<WebhookKeyPayload>;
  /**
   * Changes the URL or the events of a webhook, for the deliveries that begin from now on. It needs the scopes of its events,
   * before and after. An event that is added is sent from where the webhook stands: from up to two minutes ago, or longer if
   * others wait.
   */
  updateWebhook?: Maybe<WebhookPayload>;
  /**
   * Gives a webhook a new key. Until the overlap ends, messages have a signature of each key, of at most 5. It needs the scopes
   * of its events.
   */
  rotateWebhookKey?: Maybe<WebhookKeyPayload>;
  /** Pauses a webhook: nothing is sent until it is resumed. Pausing it again is no error. */
  pauseWebhook?: Maybe<WebhookPayload>;
  /**
   * Resumes a webhook, and sends what has failed at once. It is no error if it is not paused. It needs the scopes of its
   * events, and that the token or the user that it belongs to still holds them.
   */
  resumeWebhook?: Maybe<WebhookPayload>;
  /** Sends one signed message of the type `test` now, also if the webhook is paused. It needs the scopes of its events. */
  testWebhook?: Maybe<TestWebhookPayload>;
  /** Sends the entries of one user once more, from a sequence on. It needs the scopes of the webhook's events. */
  redeliverWebhook?: Maybe<WebhookPayload>;
  /** Deletes a webhook with its keys. What was not delivered is never sent. */
  deleteWebhook?: Maybe<DeleteWebhookPayload>;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationHoldPointsArgs = {
  input: HoldPointsInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationCaptureHoldArgs = {
  input: CaptureHoldInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationReleaseHoldArgs = {
  input: ReleaseHoldInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationTransferPointsArgs = {
  input: TransferPointsInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationAddPointsArgs = {
  input: AddPointsInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationSpendPointsArgs = {
  input: SpendPointsInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationReversePointsArgs = {
  input: ReversePointsInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationApplyPointsArgs = {
  input: ApplyPointsInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationResolvePointsArgs = {
  input: ResolvePointsInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationCreatePostArgs = {
  input: CreatePostInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationUpdatePostArgs = {
  input: UpdatePostInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationDeletePostArgs = {
  input: DeletePostInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationSignUpArgs = {
  input: CredentialsInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationLogInArgs = {
  input: CredentialsInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationRenewSessionArgs = {
  input: RenewSessionInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationChangePasswordArgs = {
  input: ChangePasswordInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationSetPasswordArgs = {
  input: SetPasswordInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationRevokeSessionArgs = {
  input: RevokeSessionInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationRevokeSessionsArgs = {
  input: RevokeSessionsInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationIssueTokenArgs = {
  input: IssueTokenInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationRevokeTokenArgs = {
  input: RevokeTokenInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationRotateTokenArgs = {
  input: RotateTokenInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationUpdateTokenArgs = {
  input: UpdateTokenInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationPauseTokenArgs = {
  input: PauseTokenInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationResumeTokenArgs = {
  input: ResumeTokenInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationReportLeakedTokenArgs = {
  input: ReportLeakedTokenInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationCreateUserArgs = {
  input: CreateUserInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationUpdateUserArgs = {
  input: UpdateUserInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationLinkExternalIdArgs = {
  input: LinkExternalIdInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationUnlinkExternalIdArgs = {
  input: UnlinkExternalIdInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationDeleteUserArgs = {
  input: DeleteUserInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationCreateWebhookArgs = {
  input: CreateWebhookInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationUpdateWebhookArgs = {
  input: UpdateWebhookInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationRotateWebhookKeyArgs = {
  input: RotateWebhookKeyInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationPauseWebhookArgs = {
  input: PauseWebhookInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationResumeWebhookArgs = {
  input: ResumeWebhookInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationTestWebhookArgs = {
  input: TestWebhookInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationRedeliverWebhookArgs = {
  input: RedeliverWebhookInput;
};


/** Changes. Root fields run one after another, in the order of the operation. */
export type MutationDeleteWebhookArgs = {
  input: DeleteWebhookInput;
};

/** Points to hold. */
export type HoldPointsInput = {
  /** The user whose points are held. */
  user: UserBy;
  /** Number of points, at least 1. */
  points: Scalars['Points']['input'];
  /** After how many seconds the hold expires, 1–2592000 (30 days). Not compared when a key is used again. */
  expiresInSeconds: Scalars['Int']['input'];
  /** The reason, up to 500 characters; stored with the hold. */
  reason?: InputMaybe<Scalars['String']['input']>;
  /**
   * Identifies this change permanently, 1–255 characters, so that it can be sent again without a second effect: a repeated
   * request gets the first response, including a refusal. A key is scoped to the user whose points change and the owner of
   * the credential: all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** What the hold belongs to in the client's own system, such as an order: 1–100 characters. Holds can be found by it. */
  reference?: InputMaybe<Scalars['String']['input']>;
  /** Names and values to store with the hold, at most 20. With `reference` at most 4,096 bytes of UTF-8. */
  metadata?: InputMaybe<Array<MetadataItemInput>>;
};

/** A hold to capture. */
export type CaptureHoldInput = {
  /** The id of the hold. */
  hold: Scalars['ID']['input'];
  /** Number of points to take, at least 1; all that is held if left out. */
  points?: InputMaybe<Scalars['Points']['input']>;
  /** The user who receives the points; not the one who gives them. If left out, the points are spent. */
  to?: InputMaybe<UserBy>;
  /** The reason, up to 500 characters; that of the hold if left out. */
  reason?: InputMaybe<Scalars['String']['input']>;
  /**
   * Identifies this change permanently, 1–255 characters, so that it can be sent again without a second effect: a repeated
   * request gets the first response, including a refusal. A key is scoped to the user whose points change and the owner of
   * the credential: all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /** What the change belongs to in the client's own system, 1–100 characters; that of the hold if left out. */
  reference?: InputMaybe<Scalars['String']['input']>;
  /**
   * Names and values to store with the change, at most 20; those of the hold if left out. With `reference` at most 4,096 bytes
   * of UTF-8.
   */
  metadata?: InputMaybe<Array<MetadataItemInput>>;
};

/** A hold to release. */
export type ReleaseHoldInput = {
  /** The id of the hold. */
  hold: Scalars['ID']['input'];
  /**
   * Identifies this change permanently, 1–255 characters, so that it can be sent again without a second effect: a repeated
   * request gets the first response, including a refusal. A key is scoped to the user whose points change and the owner of
   * the credential: all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A hold that was made or released. */
export type HoldPayload = {
  __typename?: 'HoldPayload';
  /** A sentence that describes the change. */
  message: Scalars['String']['output'];
  /** The user whose points are held, as it is now. */
  user: User;
  /** The points of the user that are not held, after this change. For a replayed result, the points available now. */
  available: Scalars['Points']['output'];
  /** The hold, as it is now. */
  hold: PointsHold;
  /** Whether this is the stored result of an earlier request with the same idempotency key. */
  replayed: Scalars['Boolean']['output'];
};

/** Totals over all users. */
export type PointsTotals = {
  __typename?: 'PointsTotals';
  /** The current sum of all balances; null above 9007199254740991. */
  points?: Maybe<Scalars['Points']['output']>;
  /** Number of users with at least one point. */
  holders: Scalars['Int']['output'];
  /** Number of entries in the ledger. */
  entries: Scalars['Int']['output'];
};

/** Points added, spent and reversed on one UTC day. A sum above 9007199254740991 is null. */
export type PointsDay = {
  __typename?: 'PointsDay';
  /** When the day begins. */
  day: Scalars['DateTime']['output'];
  /** Points added. */
  added?: Maybe<Scalars['Points']['output']>;
  /** Points spent. */
  spent?: Maybe<Scalars['Points']['output']>;
  /** Sum of all reversals; negative if they took more points than they returned. Those of transfers come to 0. */
  reversed?: Maybe<Scalars['PointsDelta']['output']>;
  /** Points moved between users, which are neither added nor spent. */
  transferred?: Maybe<Scalars['Points']['output']>;
  /** Number of entries written. */
  entries: Scalars['Int']['output'];
};

/** Points to move. */
export type TransferPointsInput = {
  /** The user who gives the points, and must have as many that are not held. */
  from: UserBy;
  /** The user who receives the points; not the same. */
  to: UserBy;
  /** Number of points, at least 1. */
  points: Scalars['Points']['input'];
  /** The reason, up to 500 characters; stored in both entries. */
  reason?: InputMaybe<Scalars['String']['input']>;
  /**
   * Identifies this change permanently, 1–255 characters, so that it can be sent again without a second effect: a repeated
   * request gets the first response, including a refusal. A key is scoped to the user who gives and the owner of the
   * credential: all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /**
   * What the change belongs to in the client's own system, such as an order: 1–100 characters. Stored in the ledger; entries
   * can be found by it.
   */
  reference?: InputMaybe<Scalars['String']['input']>;
  /** Names and values to store with the change, at most 20. With `reference` at most 4,096 bytes of UTF-8. */
  metadata?: InputMaybe<Array<MetadataItemInput>>;
};

/** A transfer. */
export type TransferPayload = {
  __typename?: 'TransferPayload';
  /** A sentence that describes the change. */
  message: Scalars['String']['output'];
  /** The balance of the user who gave, after this change. */
  points: Scalars['Points']['output'];
  /** The entry of the user who gave. */
  debit: PointsEntry;
  /** The entry of the user who received. */
  credit: PointsEntry;
  /** Whether this is the stored result of an earlier request with the same idempotency key. */
  replayed: Scalars['Boolean']['output'];
};

/** Events, sent over WebSocket on the same path with the protocol `graphql-transport-ws`. */
export type Subscription = {
  __typename?: 'Subscription';
  /**
   * Entries as they are written, each once. Those of a user come in order and without gaps; with `after`, they start after
   * that sequence, so that no entry is missed between two subscriptions. Without `user`, the entries of all users from now
   * on, those of each user in order.
   */
  pointsChanged: PointsEntry;
};


/** Events, sent over WebSocket on the same path with the protocol `graphql-transport-ws`. */
export type SubscriptionPointsChangedArgs = {
  user?: InputMaybe<UserBy>;
  after?: InputMaybe<Scalars['Int']['input']>;
};

/** Points to add. */
export type AddPointsInput = {
  /** The user who gets the points. */
  user: UserBy;
  /** Number of points, at least 1. */
  points: Scalars['Points']['input'];
  /** The reason, up to 500 characters; stored in the ledger. */
  reason?: InputMaybe<Scalars['String']['input']>;
  /**
   * Identifies this change permanently, 1–255 characters, so that it can be sent again without a second effect: a repeated
   * request gets the first response, including a refusal. A key is scoped to the user whose points change and the owner of
   * the credential: all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /**
   * What the change belongs to in the client's own system, such as an order: 1–100 characters. Stored in the ledger; entries
   * can be found by it.
   */
  reference?: InputMaybe<Scalars['String']['input']>;
  /** Names and values to store with the change, at most 20. With `reference` at most 4,096 bytes of UTF-8. */
  metadata?: InputMaybe<Array<MetadataItemInput>>;
  /**
   * Creates a user without password and role, linked to `user.external`, if no user has that id. Requires `user.external`.
   * If the change is refused then, the user stays.
   */
  ifMissing?: InputMaybe<NewUserInput>;
};

/** Points to spend. */
export type SpendPointsInput = {
  /** The user whose points are spent. */
  user: UserBy;
  /** Number of points, at least 1. */
  points: Scalars['Points']['input'];
  /** The reason, up to 500 characters; stored in the ledger. */
  reason?: InputMaybe<Scalars['String']['input']>;
  /**
   * Identifies this change permanently, 1–255 characters, so that it can be sent again without a second effect: a repeated
   * request gets the first response, including a refusal. A key is scoped to the user whose points change and the owner of
   * the credential: all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /**
   * What the change belongs to in the client's own system, such as an order: 1–100 characters. Stored in the ledger; entries
   * can be found by it.
   */
  reference?: InputMaybe<Scalars['String']['input']>;
  /** Names and values to store with the change, at most 20. With `reference` at most 4,096 bytes of UTF-8. */
  metadata?: InputMaybe<Array<MetadataItemInput>>;
};

/** An entry to reverse. */
export type ReversePointsInput = {
  /** The id of an entry that added, spent or transferred points. A reversal cannot be reversed. */
  entryId: Scalars['ID']['input'];
  /** The reason, up to 500 characters; stored in the ledger. */
  reason?: InputMaybe<Scalars['String']['input']>;
  /**
   * Identifies this change permanently, 1–255 characters, so that it can be sent again without a second effect: a repeated
   * request gets the first response, including a refusal. A key is scoped to the user whose points change and the owner of
   * the credential: all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  /**
   * What the change belongs to in the client's own system, such as an order: 1–100 characters. Stored in the ledger; entries
   * can be found by it.
   */
  reference?: InputMaybe<Scalars['String']['input']>;
  /** Names and values to store with the change, at most 20. With `reference` at most 4,096 bytes of UTF-8. */
  metadata?: InputMaybe<Array<MetadataItemInput>>;
};

/** A name and a value to store with a change. */
export type MetadataItemInput = {
  /** The name: 1 to 40 of `a–z 0–9 _`. Each name stands once. */
  key: Scalars['String']['input'];
  /** The value, up to 200 characters. */
  value: Scalars['String']['input'];
};

/** A user to create. */
export type NewUserInput = {
  /**
   * The username, with the rules of `CreateUserInput.username`. Without it the user gets a name of the issuer, cut to 40
   * characters, and 8 random characters.
   */
  username?: InputMaybe<Scalars['String']['input']>;
};

/** Many changes of points. */
export type ApplyPointsInput = {
  /** The changes, 1–1,000. */
  operations: Array<PointsOperation>;
};

/** A change of points: exactly one of these fields. */
export type PointsOperation =
  /** Adds points to a user. */
  { add: AddPointsInput; spend?: never; hold?: never; capture?: never; release?: never; transfer?: never; }
  |  /** Spends points of a user, who must have as many that are not held. */
  { add?: never; spend: SpendPointsInput; hold?: never; capture?: never; release?: never; transfer?: never; }
  |  /** Holds points of a user. */
  { add?: never; spend?: never; hold: HoldPointsInput; capture?: never; release?: never; transfer?: never; }
  |  /** Captures a hold. */
  { add?: never; spend?: never; hold?: never; capture: CaptureHoldInput; release?: never; transfer?: never; }
  |  /** Releases a hold. */
  { add?: never; spend?: never; hold?: never; capture?: never; release: ReleaseHoldInput; transfer?: never; }
  |  /** Moves points from one user to another. */
  { add?: never; spend?: never; hold?: never; capture?: never; release?: never; transfer: TransferPointsInput; };

/** An idempotency key to resolve. */
export type ResolvePointsInput = {
  /** The user whose points the change concerns. */
  user: UserBy;
  /** The idempotency key of the change. The caller's credential must have the same owner as the one that sent the change. */
  idempotencyKey: Scalars['String']['input'];
};

/** An applied change of points. */
export type PointsPayload = {
  __typename?: 'PointsPayload';
  /** A sentence that describes the change. */
  message: Scalars['String']['output'];
  /** The user whose points changed, as it is now. */
  user: User;
  /** The balance of the user after this change. */
  points: Scalars['Points']['output'];
  /** The entry that was written to the ledger. */
  entry: PointsEntry;
  /** Whether this is the stored result of an earlier request with the same idempotency key. */
  replayed: Scalars['Boolean']['output'];
  /** Whether this request created the user (`ifMissing`). False in a replay. */
  userCreated: Scalars['Boolean']['output'];
};

/** The results of many changes of points. */
export type ApplyPointsPayload = {
  __typename?: 'ApplyPointsPayload';
  /** One result for each change, in the given order. */
  results: Array<PointsResult>;
};

/** The result of the change that was sent with an idempotency key. */
export type ResolvePointsPayload = {
  __typename?: 'ResolvePointsPayload';
  /** The permanent result for the key. `IDEMPOTENCY_KEY_CLOSED`: the change was not applied and never will be. */
  result: PointsResult;
};

/** The result of a change of points: exactly one of the fields is set. */
export type PointsResult = {
  __typename?: 'PointsResult';
  /** Set if points were added, spent or reversed, or a hold was captured. */
  payload?: Maybe<PointsPayload>;
  /** Set if points were held, or a hold was released. */
  hold?: Maybe<HoldPayload>;
  /** Set if points were transferred. */
  transfer?: Maybe<TransferPayload>;
  /** Set if the change was not applied, or if that is unknown. */
  error?: Maybe<PointsError>;
};

/** Why a change of points failed. */
export type PointsError = {
  __typename?: 'PointsError';
  /** The error code, for programs: the one that the change alone would have failed with. */
  code: Scalars['String']['output'];
  /** The error message, for people. */
  message: Scalars['String']['output'];
  /** Whether the change may have been applied nevertheless. */
  effect: Effect;
  /** For `INSUFFICIENT_POINTS`: the points that could have been taken, without those that are held. */
  available?: Maybe<Scalars['Points']['output']>;
  /** For `INSUFFICIENT_POINTS`: the points needed. */
  needed?: Maybe<Scalars['Points']['output']>;
  /** Whether this is the stored result of an earlier request with the same idempotency key. */
  replayed: Scalars['Boolean']['output'];
  /** For `TOKEN_LIMIT`: the limit that the change would have exceeded, a field of `TokenLimits`. */
  limit?: Maybe<Scalars['String']['output']>;
  /** For `TOKEN_LIMIT`: the maximum that the limit allows. */
  max?: Maybe<Scalars['Points']['output']>;
  /** For `TOKEN_LIMIT` of a daily limit: the points that count against it today. */
  used?: Maybe<Scalars['Points']['output']>;
  /** When to try again, in seconds, if that can help: for a daily limit when the day ends. */
  retryAfterSeconds?: Maybe<Scalars['Int']['output']>;
  /** For `INSUFFICIENT_POINTS`: the points that were held. Null if an earlier release stored this result. */
  held?: Maybe<Scalars['Points']['output']>;
  /** For `HOLD_ENDED`: how the hold had ended. */
  state?: Maybe<HoldState>;
};

/** What is known about the effect of a failed change. */
export type Effect =
  /** Nothing was changed. */
  | 'NONE'
  /** The change may have been applied: the connection to the database was lost before its result arrived. */
  | 'UNKNOWN';

/** A post of a user. */
export type Post = {
  __typename?: 'Post';
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** 1 to 200 characters. */
  title: Scalars['String']['output'];
  /** Up to 20,000 characters. */
  body: Scalars['String']['output'];
  /** The author. */
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
  /** The posts without their cursors. */
  nodes: Array<Post>;
  /** The position of this page in the list. */
  pageInfo: PageInfo;
  /** Number of items on all pages; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** A post in a page. */
export type PostEdge = {
  __typename?: 'PostEdge';
  /** The post. */
  node: Post;
  /** The cursor of the post. */
  cursor: Scalars['String']['output'];
};

/** A new post. */
export type CreatePostInput = {
  /** The author. Defaults to the logged-in user; required with an app token. */
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

/** The post to delete. */
export type DeletePostInput = {
  /** The post's id. */
  id: Scalars['ID']['input'];
};

/** The post after the change. */
export type PostPayload = {
  __typename?: 'PostPayload';
  /** The post as it is now. */
  post: Post;
};

/** The result of deleting a post. */
export type DeletePostPayload = {
  __typename?: 'DeletePostPayload';
  /** The id of the deleted post. */
  deletedPostId: Scalars['ID']['output'];
};

/** The position of a page in its list, as of the Relay cursor connections specification. */
export type PageInfo = {
  __typename?: 'PageInfo';
  /** Whether there is a page after this one. */
  hasNextPage: Scalars['Boolean']['output'];
  /** Whether there is a page before this one. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** The cursor of the first item; null on an empty page. */
  startCursor?: Maybe<Scalars['String']['output']>;
  /** The cursor of the last item, the `after` of the next page; null on an empty page. */
  endCursor?: Maybe<Scalars['String']['output']>;
};

/** The state of a session. */
export type SessionState =
  /** The session is valid and can be renewed. */
  | 'ACTIVE'
  /** The session was not renewed before `expiresAt`, or has reached the maximum lifetime of a session. */
  | 'EXPIRED'
  /** The user logged out or changed the password, the session was revoked, or one of its old refresh tokens was reused. */
  | 'ENDED';

/** A logged-in session of a user. It lasts as long as it is renewed. */
export type Session = {
  __typename?: 'Session';
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** The user who logged in. */
  user: User;
  /** When the user logged in. */
  createdAt: Scalars['DateTime']['output'];
  /** When the session was last renewed. */
  renewedAt: Scalars['DateTime']['output'];
  /** When the session expires unless it is renewed before. */
  expiresAt: Scalars['DateTime']['output'];
  /** When the session was ended; null if it was not. */
  endedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its current state. */
  state: SessionState;
  /** Whether this is the session of the request. */
  isCurrent: Scalars['Boolean']['output'];
};

/** A page of sessions. */
export type SessionConnection = {
  __typename?: 'SessionConnection';
  /** The sessions with their cursors. */
  edges: Array<SessionEdge>;
  /** The sessions without their cursors. */
  nodes: Array<Session>;
  /** The position of this page in the list. */
  pageInfo: PageInfo;
  /** Number of items on all pages; counted only when selected. */
  totalCount: Scalars['Int']['output'];
};

/** A session in a page. */
export type SessionEdge = {
  __typename?: 'SessionEdge';
  /** The session. */
  node: Session;
  /** The cursor of the session. */
  cursor: Scalars['String']['output'];
};

/** A username and a password. */
export type CredentialsInput = {
  /** 1 to 64 of `A–Z a–z 0–9 _ . -`, case-insensitive. A new name cannot begin with `deleted-`. */
  username: Scalars['String']['input'];
  /** 8 to 256 characters, used exactly as given. The most common passwords are refused for new users. */
  password: Scalars['String']['input'];
};

/** A session to renew. */
export type RenewSessionInput = {
  /** The newest refresh token. */
  refreshToken: Scalars['String']['input'];
};

/** A change of password. */
export type ChangePasswordInput = {
  /** The current password. */
  currentPassword: Scalars['String']['input'];
  /** 8 to 256 characters, used exactly as given. The most common passwords are refused. */
  newPassword: Scalars['String']['input'];
};

/** A password to set. */
export type SetPasswordInput = {
  /** The user whose password is set. */
  user: UserBy;
  /** 8 to 256 characters, used exactly as given. The most common passwords are refused. */
  password: Scalars['String']['input'];
};

/** The session to end. */
export type RevokeSessionInput = {
  /** The session's id. */
  id: Scalars['ID']['input'];
};

/** The user whose sessions end. */
export type RevokeSessionsInput = {
  /** The user. */
  user: UserBy;
};

/** A new or renewed session. Both tokens are returned only here. */
export type SessionPayload = {
  __typename?: 'SessionPayload';
  /** The credential for requests, as `Authorization: Bearer …`: a short-lived JWT. */
  accessToken: Scalars['String']['output'];
  /** Can be exchanged for new tokens by `renewSession`, and used for nothing else. */
  refreshToken: Scalars['String']['output'];
  /** Seconds until the access token expires. */
  expiresIn: Scalars['Int']['output'];
  /** When the access token expires. */
  expiresAt: Scalars['DateTime']['output'];
  /** The logged-in user. */
  user: User;
};

/** The result of logging out. */
export type LogOutPayload = {
  __typename?: 'LogOutPayload';
  /** The logged-out user. */
  user: User;
};

/** The result of ending a session. */
export type RevokeSessionPayload = {
  __typename?: 'RevokeSessionPayload';
  /** The session as it is now. */
  session: Session;
};

/** The result of ending a user's sessions. */
export type RevokeSessionsPayload = {
  __typename?: 'RevokeSessionsPayload';
  /** The user of the sessions. */
  user: User;
  /** Number of sessions that this request ended. */
  count: Scalars['Int']['output'];
};

/**
 * The limits of a token; null for those that it does not have. A day is one of UTC, by the clock of the database. Only
 * additions and spends count against a daily limit: a reversal neither counts nor gives anything back. A token and those
 * that it was rotated to and from share what is used.
 */
export type TokenLimits = {
  __typename?: 'TokenLimits';
  /** The maximum points of one change; also of a reversal. */
  maxPointsPerChange?: Maybe<Scalars['Points']['output']>;
  /** The maximum points added per day, over all users. */
  maxAddedPerDay?: Maybe<Scalars['Points']['output']>;
  /** The maximum points spent per day, over all users. */
  maxSpentPerDay?: Maybe<Scalars['Points']['output']>;
  /** The maximum points added to each user per day. */
  maxAddedPerUserPerDay?: Maybe<Scalars['Points']['output']>;
  /** The maximum points spent from each user per day. */
  maxSpentPerUserPerDay?: Maybe<Scalars['Points']['output']>;
  /** The maximum number of operations per minute, over all nodes. */
  requestsPerMinute?: Maybe<Scalars['Int']['output']>;
};

/** What was added and spent with a token on one day, over all users. */
export type TokenUsage = {
  __typename?: 'TokenUsage';
  /** When the day began, in UTC. */
  day: Scalars['DateTime']['output'];
  /** Points added; null if more than 2^53-1. */
  added?: Maybe<Scalars['Points']['output']>;
  /** Points spent; null if more than 2^53-1. */
  spent?: Maybe<Scalars['Points']['output']>;
};

/** An operation that a token may run. */
export type TokenDocument = {
  __typename?: 'TokenDocument';
  /** The SHA-256 of its canonical text, in hexadecimal, by which operations are compared. */
  hash: Scalars['String']['output'];
  /** Its text, as it was given. */
  text: Scalars['String']['output'];
};

/** Limits of a token, each at least 1. One that is left out or null is none; see `TokenLimits`. */
export type TokenLimitsInput = {
  /** The maximum points of one change. */
  maxPointsPerChange?: InputMaybe<Scalars['Points']['input']>;
  /** The maximum points added per day, over all users. */
  maxAddedPerDay?: InputMaybe<Scalars['Points']['input']>;
  /** The maximum points spent per day, over all users. */
  maxSpentPerDay?: InputMaybe<Scalars['Points']['input']>;
  /** The maximum points added to each user per day. */
  maxAddedPerUserPerDay?: InputMaybe<Scalars['Points']['input']>;
  /** The maximum points spent from each user per day. */
  maxSpentPerUserPerDay?: InputMaybe<Scalars['Points']['input']>;
  /** The maximum number of operations per minute. */
  requestsPerMinute?: InputMaybe<Scalars['Int']['input']>;
};

/** The format of a token's secret. */
export type TokenFormat =
  /** A random string. */
  | 'OPAQUE'
  /** A signed JSON Web Token. */
  | 'JWT';

/** The state of a token; of several that apply, the last one. */
export type TokenState =
  /** The token is valid. */
  | 'ACTIVE'
  /** The token is paused: it is refused until it is resumed. */
  | 'PAUSED'
  /** The token has expired. */
  | 'EXPIRED'
  /** The token was revoked, or its owner was deleted. */
  | 'REVOKED';

/** An app token: a credential of an application. Its secret was returned once, when the token was issued. */
export type Token = {
  __typename?: 'Token';
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** The name given by the issuer. */
  name: Scalars['String']['output'];
  /** The format of the secret. */
  format: TokenFormat;
  /** The part of the secret that identifies it in lists. It does not help an attacker. */
  hint: Scalars['String']['output'];
  /** The scopes of the token, in the order of the enum. */
  scopes: Array<Scope>;
  /** The user to whom the token was issued. It is revoked when that user is deleted. */
  owner: User;
  /** The user who issued the token; null for the command line. */
  issuedBy?: Maybe<User>;
  /** When the token was issued. */
  issuedAt: Scalars['DateTime']['output'];
  /** When the token expires; null if never. */
  expiresAt?: Maybe<Scalars['DateTime']['output']>;
  /** When the token was last used, accurate to a minute; null if never. */
  lastUsedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When the token was revoked; null if it was not. */
  revokedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When the token was paused; null if it is not paused. */
  pausedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Its current state. */
  state: TokenState;
  /** The limits of the token; null if it has none. */
  limits?: Maybe<TokenLimits>;
  /** The networks that its requests must come from, in CIDR notation; empty for any. */
  networks: Array<Scalars['String']['output']>;
  /** The only operations that the token runs; empty for any that its scopes allow. */
  documents: Array<TokenDocument>;
  /** What was added and spent with the token today; null if it has no daily limit over all users. */
  today?: Maybe<TokenUsage>;
};

/** A page of tokens. */
export type TokenConnection = {
  __typename?: 'TokenConnection';
  /** The tokens with their cursors. */
  edges: Array<TokenEdge>;
  /** The tokens without their cursors. */
  nodes: Array<Token>;
  /** The position of this page in the list. */
  pageInfo: PageInfo;
  /** Number of items on all pages; counted only when selected, with a filter up to 10,000. */
  totalCount: Scalars['Int']['output'];
};

/** A token in a page. */
export type TokenEdge = {
  __typename?: 'TokenEdge';
  /** The token. */
  node: Token;
  /** The cursor of the token. */
  cursor: Scalars['String']['output'];
};

/** A token to issue. */
export type IssueTokenInput = {
  /** A name to recognise the token by, 1 to 100 characters. */
  name: Scalars['String']['input'];
  /**
   * At least one scope. The issuer must have each of them. It can be left out with `documents`: then the token gets the
   * scopes that `requiredScopes` returns for these, of several of which one is enough the first that the issuer has.
   */
  scopes?: InputMaybe<Array<Scope>>;
  /** The user to whom the token is issued. Defaults to the caller's user. */
  owner?: InputMaybe<UserBy>;
  /** The format of the secret. */
  format?: InputMaybe<TokenFormat>;
  /** When the token expires, in the future. Without it the token never expires. */
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The limits of the token, at least one. */
  limits?: InputMaybe<TokenLimitsInput>;
  /** The networks that its requests must come from: 1 to 50 addresses or CIDR blocks, of IPv4 or IPv6. */
  networks?: InputMaybe<Array<Scalars['String']['input']>>;
  /**
   * The only operations that the token runs: 1 to 200 texts, up to 128 KB together, each one operation with its fragments.
   * They are compared without comments, layout and the `__typename` that clients add.
   */
  documents?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** The token to change and its new values. What is left out stays. */
export type UpdateTokenInput = {
  /** The token's id. */
  id: Scalars['ID']['input'];
  /** The new name, 1 to 100 characters. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** The new expiry, in the future; null for never. That of a JWT is never later than when it was issued. */
  expiresAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The new limits, which replace all previous ones; null for none. */
  limits?: InputMaybe<TokenLimitsInput>;
  /** The new networks; null for any. */
  networks?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** The token to pause. */
export type PauseTokenInput = {
  /** The token's id. */
  id: Scalars['ID']['input'];
};

/** The token to resume. */
export type ResumeTokenInput = {
  /** The token's id. */
  id: Scalars['ID']['input'];
};

/** The result of changing a token. */
export type TokenPayload = {
  __typename?: 'TokenPayload';
  /** The token. */
  token: Token;
};

/** A newly issued token. */
export type IssueTokenPayload = {
  __typename?: 'IssueTokenPayload';
  /** The secret. It is returned only here. */
  secret: Scalars['String']['output'];
  /** The token. */
  token: Token;
};

/** Identifies a token by exactly one of these fields. */
export type RevokeTokenInput =
  /** The token's id. */
  { id: Scalars['ID']['input']; secret?: never; }
  |  /** The token's secret. */
  { id?: never; secret: Scalars['String']['input']; };

/** The result of revoking a token. */
export type RevokeTokenPayload = {
  __typename?: 'RevokeTokenPayload';
  /** The token; null for an unknown secret. */
  token?: Maybe<Token>;
};

/** The token to replace. */
export type RotateTokenInput = {
  /** The token's id. */
  id: Scalars['ID']['input'];
  /** Seconds for which the old token stays valid, 0 to 604800 (one week). */
  overlapSeconds?: InputMaybe<Scalars['Int']['input']>;
};

/** A leaked secret. */
export type ReportLeakedTokenInput = {
  /** The complete secret. */
  secret: Scalars['String']['input'];
};

/** The result of reporting a leaked secret. */
export type ReportLeakedTokenPayload = {
  __typename?: 'ReportLeakedTokenPayload';
  /** Always true. If the secret belonged to a token, the token has been revoked. */
  received: Scalars['Boolean']['output'];
};

/** Identifies a user by exactly one of these fields. */
export type UserBy =
  /** The user's id. */
  { id: Scalars['ID']['input']; username?: never; external?: never; }
  |  /** The username, case-insensitive. */
  { id?: never; username: Scalars['String']['input']; external?: never; }
  |  /** An id in another system, compared to the letter. */
  { id?: never; username?: never; external: ExternalIdInput; };

/** Identifies a user by an id in another system. */
export type ExternalIdInput = {
  /** The other system: 1 to 64 of `a–z 0–9 . -`, such as `twitch` or `shop.example.com`. */
  issuer: Scalars['String']['input'];
  /** The user's id there, 1–255 characters, compared to the letter. */
  id: Scalars['String']['input'];
};

/** An id of a user in another system. */
export type ExternalId = {
  __typename?: 'ExternalId';
  /** The other system. */
  issuer: Scalars['String']['output'];
  /** The user's id there. */
  id: Scalars['String']['output'];
  /** When the id was linked to the user. */
  linkedAt: Scalars['DateTime']['output'];
};

/** The role of a user. It determines the scopes of the user's sessions. */
export type Role =
  /** Reads users and posts, and manages what the user owns. */
  | 'USER'
  /** Has every scope. */
  | 'ADMIN';

/** A page of users. */
export type UserConnection = {
  __typename?: 'UserConnection';
  /** The users with their cursors. */
  edges: Array<UserEdge>;
  /** The users without their cursors. */
  nodes: Array<User>;
  /** The position of this page in the list. */
  pageInfo: PageInfo;
  /** Number of items on all pages; counted only when selected, with a filter up to 10,000. */
  totalCount: Scalars['Int']['output'];
};

/** A user in a page. */
export type UserEdge = {
  __typename?: 'UserEdge';
  /** The user. */
  node: User;
  /** The cursor of the user. */
  cursor: Scalars['String']['output'];
};

/** A new user. */
export type CreateUserInput = {
  /**
   * 1 to 64 of `A–Z a–z 0–9 _ . -`, unique, case-insensitive. Names that begin with `deleted-` are reserved. A name that was
   * freed less than `USERNAME_REST_DAYS` ago is taken.
   */
  username: Scalars['String']['input'];
  /** 8 to 256 characters, used exactly as given. The most common passwords are refused. Without it the user cannot log in. */
  password?: InputMaybe<Scalars['String']['input']>;
  /** Assigning ADMIN requires every scope. */
  role?: InputMaybe<Role>;
  /** Ids of the user in other systems, at most 20. Where another user has one of them, the error is `EXTERNAL_ID_TAKEN`. */
  externalIds?: InputMaybe<Array<ExternalIdInput>>;
};

/** Changes to a user. */
export type UpdateUserInput = {
  /** The user to change. */
  user: UserBy;
  /** The new username, with the rules of `CreateUserInput.username`. */
  username?: InputMaybe<Scalars['String']['input']>;
  /** The new role. Assigning ADMIN requires every scope. The last ADMIN cannot lose the role. */
  role?: InputMaybe<Role>;
};

/** A user and an id in another system. */
export type LinkExternalIdInput = {
  /** The user. */
  user: UserBy;
  /** The id to link. */
  external: ExternalIdInput;
};

/** An id in another system. */
export type UnlinkExternalIdInput = {
  /** The id to unlink. */
  external: ExternalIdInput;
};

/** The user to delete. */
export type DeleteUserInput = {
  /** The user to delete. */
  user: UserBy;
};

/** The user after the change. */
export type UserPayload = {
  __typename?: 'UserPayload';
  /** The user as they are now. */
  user: User;
};

/** The result of deleting a user. */
export type DeleteUserPayload = {
  __typename?: 'DeleteUserPayload';
  /** The id of the deleted user. */
  deletedUserId: Scalars['ID']['output'];
};

/** What a webhook can be sent. Each event needs a scope of who makes the webhook. */
export type WebhookEvent =
  /** An entry was written: `points.entry`. Needs POINTS_READ. */
  | 'POINTS_ENTRY'
  /** A hold was captured, was released or expired: `hold.ended`. Needs POINTS_READ. */
  | 'HOLD_ENDED'
  /** A token expires in 7 days: `token.expiring`. Not sent for a token that had fewer days from the start. Needs TOKENS_READ. */
  | 'TOKEN_EXPIRING'
  /** A token was revoked, also with its user: `token.revoked`. Needs TOKENS_READ. */
  | 'TOKEN_REVOKED'
  /** A user was deleted: `user.deleted`. Needs USERS_READ. */
  | 'USER_DELETED';

/** Whether events are sent. */
export type WebhookState =
  /** Events are sent. */
  | 'ACTIVE'
  /** Nothing is sent; `pausedBecause` says why. Events are kept for when it is resumed. */
  | 'PAUSED';

/** Why a webhook is paused. The first three last until it is resumed. */
export type WebhookPauseKind =
  /** `pauseWebhook` or the command line paused it. */
  | 'REQUESTED'
  /** The receiver responded with HTTP 410. */
  | 'GONE'
  /** An event was not accepted in 10 attempts. */
  | 'FAILURES'
  /**
   * The token or the user that it belongs to has ended, is paused, or lacks a scope of its events. It is ACTIVE again if that
   * changes.
   */
  | 'CREDENTIAL'
  /** Its key was encrypted by a signing key that is no longer configured. `rotateWebhookKey` ends the pause. */
  | 'KEY';

/** How messages are signed, as in Standard Webhooks. */
export type WebhookSignature =
  /** Ed25519, the scheme `v1a`: the receiver needs the public key only. */
  | 'ED25519'
  /** HMAC with SHA-256, the scheme `v1`: the receiver needs a secret, which is shown once. */
  | 'HMAC_SHA256';

/** From where a paused webhook is resumed. */
export type WebhookResume =
  /** With everything that happened since it was paused. */
  | 'WHERE_IT_STOPPED'
  /** With what happens from now on. What happened meanwhile is never sent. */
  | 'NOW';

/**
 * An address that events are sent to, in the format of Standard Webhooks. The entries of each user arrive in the order of
 * `sequence`, the next one only after a response of 2xx; users do not wait for each other. Each event is sent at least once, until
 * it is accepted. A webhook belongs to the app token that made it and passes to its successor by rotation; one made in a session
 * belongs to the user. It is PAUSED once that token is revoked, paused or expired, that user is deleted, or a scope that an event
 * needs is lost.
 */
export type Webhook = {
  __typename?: 'Webhook';
  /** A UUID. */
  id: Scalars['ID']['output'];
  /** The URL that events are sent to. */
  url: Scalars['String']['output'];
  /** The events that are sent. */
  events: Array<WebhookEvent>;
  /** The only user whose events are sent; null for those of all users. */
  user?: Maybe<User>;
  /** Whether events are sent now. */
  state: WebhookState;
  /** When it was paused; null while it is ACTIVE, or if a scope was lost. */
  pausedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Why it is paused. Null while it is ACTIVE. */
  pausedBecause?: Maybe<WebhookPauseKind>;
  /** Why it is paused: a sentence for people. Null while it is ACTIVE. */
  pausedReason?: Maybe<Scalars['String']['output']>;
  /** How messages are signed. */
  signature: WebhookSignature;
  /** The public key, `whpk_` and base64; null for HMAC_SHA256. */
  publicKey?: Maybe<Scalars['String']['output']>;
  /** The user of the session that made it, or the owner of the app token. */
  createdBy?: Maybe<User>;
  /** The app token that it belongs to; null if it was made in a session or on the command line. */
  token?: Maybe<Token>;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** Number of entries that were not delivered yet, counted to 10,000. */
  pending: Scalars['Int']['output'];
  /** When an event was last accepted; null if none was. */
  lastDeliveredAt?: Maybe<Scalars['DateTime']['output']>;
  /** When an attempt last failed; null if none did. */
  lastFailureAt?: Maybe<Scalars['DateTime']['output']>;
  /** How the last failed attempt ended: a status, such as `HTTP 500`, or the kind of error. */
  lastFailure?: Maybe<Scalars['String']['output']>;
  /** When an event that failed is sent next; null if none waits. */
  nextAttemptAt?: Maybe<Scalars['DateTime']['output']>;
};

/** A page of webhooks. */
export type WebhookConnection = {
  __typename?: 'WebhookConnection';
  /** The webhooks with their cursors. */
  edges: Array<WebhookEdge>;
  /** The webhooks without their cursors. */
  nodes: Array<Webhook>;
  /** The position of this page in the list. */
  pageInfo: PageInfo;
  /** Number of items on all pages. */
  totalCount: Scalars['Int']['output'];
};

/** A webhook in a page. */
export type WebhookEdge = {
  __typename?: 'WebhookEdge';
  /** The webhook. */
  node: Webhook;
  /** The cursor of the webhook. */
  cursor: Scalars['String']['output'];
};

/** A webhook to make. */
export type CreateWebhookInput = {
  /**
   * Where events are sent to: `https`, up to 2,000 characters, without a user name, a password and a fragment. The host must not
   * be in a private network.
   */
  url: Scalars['String']['input'];
  /** The events to send, at least one; the scope of each is needed. */
  events: Array<WebhookEvent>;
  /** The only user whose events are sent; those of all users if left out. For events of tokens it is their owner. */
  user?: InputMaybe<UserBy>;
  /** How messages are signed. */
  signature?: InputMaybe<WebhookSignature>;
};

/** What of a webhook to change. */
export type UpdateWebhookInput = {
  /** The id of the webhook. */
  id: Scalars['ID']['input'];
  /** The new URL; left as it is if left out or null. The rules of `CreateWebhookInput.url` apply. */
  url?: InputMaybe<Scalars['String']['input']>;
  /** The new events, instead of all before; left as they are if left out or null. The scope of each is needed. */
  events?: InputMaybe<Array<WebhookEvent>>;
};

/** A webhook to give a new key. */
export type RotateWebhookKeyInput = {
  /** The id of the webhook. */
  id: Scalars['ID']['input'];
  /** How many seconds former keys sign too, 0–604800 (7 days). */
  overlapSeconds?: InputMaybe<Scalars['Int']['input']>;
};

/** A webhook to pause. */
export type PauseWebhookInput = {
  /** The id of the webhook. */
  id: Scalars['ID']['input'];
};

/** A webhook to resume. */
export type ResumeWebhookInput = {
  /** The id of the webhook. */
  id: Scalars['ID']['input'];
  /** From where it is resumed. */
  from?: InputMaybe<WebhookResume>;
};

/** A webhook to test. */
export type TestWebhookInput = {
  /** The id of the webhook. */
  id: Scalars['ID']['input'];
};

/** Entries to send once more. */
export type RedeliverWebhookInput = {
  /** The id of the webhook. */
  id: Scalars['ID']['input'];
  /** The user whose entries are sent. */
  user: UserBy;
  /** The sequence of the first entry, at least 1. */
  fromSequence: Scalars['Int']['input'];
};

/** A webhook to delete. */
export type DeleteWebhookInput = {
  /** The id of the webhook. */
  id: Scalars['ID']['input'];
};

/** A webhook with its new key. */
export type WebhookKeyPayload = {
  __typename?: 'WebhookKeyPayload';
  /** The webhook. */
  webhook: Webhook;
  /** The secret, `whsec_` and base64, which is never shown again; null for ED25519. */
  secret?: Maybe<Scalars['String']['output']>;
};

/** A webhook, as it is after the change. */
export type WebhookPayload = {
  __typename?: 'WebhookPayload';
  /** The webhook. */
  webhook: Webhook;
};

/** The result of a test. */
export type TestWebhookPayload = {
  __typename?: 'TestWebhookPayload';
  /** Whether the response was 2xx. */
  delivered: Scalars['Boolean']['output'];
  /** The status of the response; null if there was none. */
  status?: Maybe<Scalars['Int']['output']>;
  /** Why it was not delivered; null if it was. */
  error?: Maybe<Scalars['String']['output']>;
  /** How long it took, in milliseconds. */
  durationMs: Scalars['Int']['output'];
};

/** The id of a deleted webhook. */
export type DeleteWebhookPayload = {
  __typename?: 'DeleteWebhookPayload';
  /** The id that the webhook had. */
  deletedWebhookId: Scalars['ID']['output'];
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
  RequiredScopes: ResolverTypeWrapper<Omit<RequiredScopes, 'scopes' | 'anyScopes' | 'fields'> & { scopes: Array<ResolversTypes['Scope']>, anyScopes: Array<Array<ResolversTypes['Scope']>>, fields: Array<ResolversTypes['FieldRequirement']> }>;
  FieldRequirement: ResolverTypeWrapper<Omit<FieldRequirement, 'scopes' | 'anyScopes'> & { scopes: Array<ResolversTypes['Scope']>, anyScopes: Array<Array<ResolversTypes['Scope']>> }>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  PointsEntryKind: PointsEntryKind;
  PointsEntry: ResolverTypeWrapper<Entry>;
  MetadataItem: ResolverTypeWrapper<MetadataItem>;
  PointsEntryFilter: PointsEntryFilter;
  PointsStatement: ResolverTypeWrapper<PointsStatementModel>;
  PointsEntryConnection: ResolverTypeWrapper<PointsEntryConnectionModel>;
  PointsEntryEdge: ResolverTypeWrapper<Omit<PointsEntryEdge, 'node'> & { node: ResolversTypes['PointsEntry'] }>;
  HoldState: HoldState;
  PointsHold: ResolverTypeWrapper<Hold>;
  PointsHoldConnection: ResolverTypeWrapper<PointsHoldConnectionModel>;
  PointsHoldEdge: ResolverTypeWrapper<Omit<PointsHoldEdge, 'node'> & { node: ResolversTypes['PointsHold'] }>;
  User: ResolverTypeWrapper<UserModel>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  HoldPointsInput: HoldPointsInput;
  CaptureHoldInput: CaptureHoldInput;
  ReleaseHoldInput: ReleaseHoldInput;
  HoldPayload: ResolverTypeWrapper<Omit<HoldPayload, 'user' | 'hold'> & { user: ResolversTypes['User'], hold: ResolversTypes['PointsHold'] }>;
  PointsTotals: ResolverTypeWrapper<PointsTotals>;
  PointsDay: ResolverTypeWrapper<PointsDay>;
  TransferPointsInput: TransferPointsInput;
  TransferPayload: ResolverTypeWrapper<Omit<TransferPayload, 'debit' | 'credit'> & { debit: ResolversTypes['PointsEntry'], credit: ResolversTypes['PointsEntry'] }>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  AddPointsInput: AddPointsInput;
  SpendPointsInput: SpendPointsInput;
  ReversePointsInput: ReversePointsInput;
  MetadataItemInput: MetadataItemInput;
  NewUserInput: NewUserInput;
  ApplyPointsInput: ApplyPointsInput;
  PointsOperation: PointsOperation;
  ResolvePointsInput: ResolvePointsInput;
  PointsPayload: ResolverTypeWrapper<Omit<PointsPayload, 'user' | 'entry'> & { user: ResolversTypes['User'], entry: ResolversTypes['PointsEntry'] }>;
  ApplyPointsPayload: ResolverTypeWrapper<Omit<ApplyPointsPayload, 'results'> & { results: Array<ResolversTypes['PointsResult']> }>;
  ResolvePointsPayload: ResolverTypeWrapper<Omit<ResolvePointsPayload, 'result'> & { result: ResolversTypes['PointsResult'] }>;
  PointsResult: ResolverTypeWrapper<Omit<PointsResult, 'payload' | 'hold' | 'transfer'> & { payload?: Maybe<ResolversTypes['PointsPayload']>, hold?: Maybe<ResolversTypes['HoldPayload']>, transfer?: Maybe<ResolversTypes['TransferPayload']> }>;
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
  TokenLimits: ResolverTypeWrapper<TokenLimits>;
  TokenUsage: ResolverTypeWrapper<TokenUsage>;
  TokenDocument: ResolverTypeWrapper<TokenDocument>;
  TokenLimitsInput: TokenLimitsInput;
  TokenFormat: TokenFormat;
  TokenState: TokenState;
  Token: ResolverTypeWrapper<TokenModel>;
  TokenConnection: ResolverTypeWrapper<TokenConnectionModel>;
  TokenEdge: ResolverTypeWrapper<Omit<TokenEdge, 'node'> & { node: ResolversTypes['Token'] }>;
  IssueTokenInput: IssueTokenInput;
  UpdateTokenInput: UpdateTokenInput;
  PauseTokenInput: PauseTokenInput;
  ResumeTokenInput: ResumeTokenInput;
  TokenPayload: ResolverTypeWrapper<Omit<TokenPayload, 'token'> & { token: ResolversTypes['Token'] }>;
  IssueTokenPayload: ResolverTypeWrapper<Omit<IssueTokenPayload, 'token'> & { token: ResolversTypes['Token'] }>;
  RevokeTokenInput: RevokeTokenInput;
  RevokeTokenPayload: ResolverTypeWrapper<Omit<RevokeTokenPayload, 'token'> & { token?: Maybe<ResolversTypes['Token']> }>;
  RotateTokenInput: RotateTokenInput;
  ReportLeakedTokenInput: ReportLeakedTokenInput;
  ReportLeakedTokenPayload: ResolverTypeWrapper<ReportLeakedTokenPayload>;
  UserBy: UserBy;
  ExternalIdInput: ExternalIdInput;
  ExternalId: ResolverTypeWrapper<ExternalId>;
  Role: Role;
  UserConnection: ResolverTypeWrapper<UserConnectionModel>;
  UserEdge: ResolverTypeWrapper<Omit<UserEdge, 'node'> & { node: ResolversTypes['User'] }>;
  CreateUserInput: CreateUserInput;
  UpdateUserInput: UpdateUserInput;
  LinkExternalIdInput: LinkExternalIdInput;
  UnlinkExternalIdInput: UnlinkExternalIdInput;
  DeleteUserInput: DeleteUserInput;
  UserPayload: ResolverTypeWrapper<Omit<UserPayload, 'user'> & { user: ResolversTypes['User'] }>;
  DeleteUserPayload: ResolverTypeWrapper<DeleteUserPayload>;
  WebhookEvent: WebhookEvent;
  WebhookState: WebhookState;
  WebhookPauseKind: WebhookPauseKind;
  WebhookSignature: WebhookSignature;
  WebhookResume: WebhookResume;
  Webhook: ResolverTypeWrapper<WebhookModel>;
  WebhookConnection: ResolverTypeWrapper<WebhookConnectionModel>;
  WebhookEdge: ResolverTypeWrapper<Omit<WebhookEdge, 'node'> & { node: ResolversTypes['Webhook'] }>;
  CreateWebhookInput: CreateWebhookInput;
  UpdateWebhookInput: UpdateWebhookInput;
  RotateWebhookKeyInput: RotateWebhookKeyInput;
  PauseWebhookInput: PauseWebhookInput;
  ResumeWebhookInput: ResumeWebhookInput;
  TestWebhookInput: TestWebhookInput;
  RedeliverWebhookInput: RedeliverWebhookInput;
  DeleteWebhookInput: DeleteWebhookInput;
  WebhookKeyPayload: ResolverTypeWrapper<Omit<WebhookKeyPayload, 'webhook'> & { webhook: ResolversTypes['Webhook'] }>;
  WebhookPayload: ResolverTypeWrapper<Omit<WebhookPayload, 'webhook'> & { webhook: ResolversTypes['Webhook'] }>;
  TestWebhookPayload: ResolverTypeWrapper<TestWebhookPayload>;
  DeleteWebhookPayload: ResolverTypeWrapper<DeleteWebhookPayload>;
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
  MetadataItem: MetadataItem;
  PointsEntryFilter: PointsEntryFilter;
  PointsStatement: PointsStatementModel;
  PointsEntryConnection: PointsEntryConnectionModel;
  PointsEntryEdge: Omit<PointsEntryEdge, 'node'> & { node: ResolversParentTypes['PointsEntry'] };
  PointsHold: Hold;
  PointsHoldConnection: PointsHoldConnectionModel;
  PointsHoldEdge: Omit<PointsHoldEdge, 'node'> & { node: ResolversParentTypes['PointsHold'] };
  User: UserModel;
  Mutation: Record<PropertyKey, never>;
  HoldPointsInput: HoldPointsInput;
  CaptureHoldInput: CaptureHoldInput;
  ReleaseHoldInput: ReleaseHoldInput;
  HoldPayload: Omit<HoldPayload, 'user' | 'hold'> & { user: ResolversParentTypes['User'], hold: ResolversParentTypes['PointsHold'] };
  PointsTotals: PointsTotals;
  PointsDay: PointsDay;
  TransferPointsInput: TransferPointsInput;
  TransferPayload: Omit<TransferPayload, 'debit' | 'credit'> & { debit: ResolversParentTypes['PointsEntry'], credit: ResolversParentTypes['PointsEntry'] };
  Subscription: Record<PropertyKey, never>;
  AddPointsInput: AddPointsInput;
  SpendPointsInput: SpendPointsInput;
  ReversePointsInput: ReversePointsInput;
  MetadataItemInput: MetadataItemInput;
  NewUserInput: NewUserInput;
  ApplyPointsInput: ApplyPointsInput;
  PointsOperation: PointsOperation;
  ResolvePointsInput: ResolvePointsInput;
  PointsPayload: Omit<PointsPayload, 'user' | 'entry'> & { user: ResolversParentTypes['User'], entry: ResolversParentTypes['PointsEntry'] };
  ApplyPointsPayload: Omit<ApplyPointsPayload, 'results'> & { results: Array<ResolversParentTypes['PointsResult']> };
  ResolvePointsPayload: Omit<ResolvePointsPayload, 'result'> & { result: ResolversParentTypes['PointsResult'] };
  PointsResult: Omit<PointsResult, 'payload' | 'hold' | 'transfer'> & { payload?: Maybe<ResolversParentTypes['PointsPayload']>, hold?: Maybe<ResolversParentTypes['HoldPayload']>, transfer?: Maybe<ResolversParentTypes['TransferPayload']> };
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
  TokenLimits: TokenLimits;
  TokenUsage: TokenUsage;
  TokenDocument: TokenDocument;
  TokenLimitsInput: TokenLimitsInput;
  Token: TokenModel;
  TokenConnection: TokenConnectionModel;
  TokenEdge: Omit<TokenEdge, 'node'> & { node: ResolversParentTypes['Token'] };
  IssueTokenInput: IssueTokenInput;
  UpdateTokenInput: UpdateTokenInput;
  PauseTokenInput: PauseTokenInput;
  ResumeTokenInput: ResumeTokenInput;
  TokenPayload: Omit<TokenPayload, 'token'> & { token: ResolversParentTypes['Token'] };
  IssueTokenPayload: Omit<IssueTokenPayload, 'token'> & { token: ResolversParentTypes['Token'] };
  RevokeTokenInput: RevokeTokenInput;
  RevokeTokenPayload: Omit<RevokeTokenPayload, 'token'> & { token?: Maybe<ResolversParentTypes['Token']> };
  RotateTokenInput: RotateTokenInput;
  ReportLeakedTokenInput: ReportLeakedTokenInput;
  ReportLeakedTokenPayload: ReportLeakedTokenPayload;
  UserBy: UserBy;
  ExternalIdInput: ExternalIdInput;
  ExternalId: ExternalId;
  UserConnection: UserConnectionModel;
  UserEdge: Omit<UserEdge, 'node'> & { node: ResolversParentTypes['User'] };
  CreateUserInput: CreateUserInput;
  UpdateUserInput: UpdateUserInput;
  LinkExternalIdInput: LinkExternalIdInput;
  UnlinkExternalIdInput: UnlinkExternalIdInput;
  DeleteUserInput: DeleteUserInput;
  UserPayload: Omit<UserPayload, 'user'> & { user: ResolversParentTypes['User'] };
  DeleteUserPayload: DeleteUserPayload;
  Webhook: WebhookModel;
  WebhookConnection: WebhookConnectionModel;
  WebhookEdge: Omit<WebhookEdge, 'node'> & { node: ResolversParentTypes['Webhook'] };
  CreateWebhookInput: CreateWebhookInput;
  UpdateWebhookInput: UpdateWebhookInput;
  RotateWebhookKeyInput: RotateWebhookKeyInput;
  PauseWebhookInput: PauseWebhookInput;
  ResumeWebhookInput: ResumeWebhookInput;
  TestWebhookInput: TestWebhookInput;
  RedeliverWebhookInput: RedeliverWebhookInput;
  DeleteWebhookInput: DeleteWebhookInput;
  WebhookKeyPayload: Omit<WebhookKeyPayload, 'webhook'> & { webhook: ResolversParentTypes['Webhook'] };
  WebhookPayload: Omit<WebhookPayload, 'webhook'> & { webhook: ResolversParentTypes['Webhook'] };
  TestWebhookPayload: TestWebhookPayload;
  DeleteWebhookPayload: DeleteWebhookPayload;
  String: Scalars['String']['output'];
};

export type AuthDirectiveArgs = {
  scope?: Maybe<Array<Scope>>;
  anyScope?: Maybe<Array<Scope>>;
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
  pointsEntry?: Resolver<Maybe<ResolversTypes['PointsEntry']>, ParentType, ContextType, RequireFields<QueryPointsEntryArgs, 'id'>>;
  pointsEntries?: Resolver<Maybe<ResolversTypes['PointsEntryConnection']>, ParentType, ContextType, RequireFields<QueryPointsEntriesArgs, 'first'>>;
  pointsHold?: Resolver<Maybe<ResolversTypes['PointsHold']>, ParentType, ContextType, RequireFields<QueryPointsHoldArgs, 'id'>>;
  pointsHolds?: Resolver<Maybe<ResolversTypes['PointsHoldConnection']>, ParentType, ContextType, RequireFields<QueryPointsHoldsArgs, 'first'>>;
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
  webhook?: Resolver<Maybe<ResolversTypes['Webhook']>, ParentType, ContextType, RequireFields<QueryWebhookArgs, 'id'>>;
  webhooks?: Resolver<Maybe<ResolversTypes['WebhookConnection']>, ParentType, ContextType, RequireFields<QueryWebhooksArgs, 'first'>>;
};

export type ScopeResolvers = { USERS_READ: 'users:read', USERS_WRITE: 'users:write', USERS_LINK: 'users:link', POSTS_READ: 'posts:read', POSTS_WRITE: 'posts:write', POINTS_READ: 'points:read', POINTS_ADD: 'points:add', POINTS_SPEND: 'points:spend', POINTS_REVERSE: 'points:reverse', POINTS_TRANSFER: 'points:transfer', TOKENS_READ: 'tokens:read', TOKENS_ISSUE: 'tokens:issue', TOKENS_REVOKE: 'tokens:revoke', AUDIT_READ: 'audit:read', WEBHOOKS_READ: 'webhooks:read', WEBHOOKS_WRITE: 'webhooks:write' };

export type ViewerResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  kind?: Resolver<ResolversTypes['CredentialKind'], ParentType, ContextType>;
  scopes?: Resolver<Array<ResolversTypes['Scope']>, ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  token?: Resolver<Maybe<ResolversTypes['Token']>, ParentType, ContextType>;
  expiresAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type RequiredScopesResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RequiredScopes'] = ResolversParentTypes['RequiredScopes']> = {
  scopes?: Resolver<Array<ResolversTypes['Scope']>, ParentType, ContextType>;
  anyScopes?: Resolver<Array<Array<ResolversTypes['Scope']>>, ParentType, ContextType>;
  fields?: Resolver<Array<ResolversTypes['FieldRequirement']>, ParentType, ContextType>;
};

export type FieldRequirementResolvers<ContextType = Context, ParentType extends ResolversParentTypes['FieldRequirement'] = ResolversParentTypes['FieldRequirement']> = {
  coordinate?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  scopes?: Resolver<Array<ResolversTypes['Scope']>, ParentType, ContextType>;
  anyScopes?: Resolver<Array<Array<ResolversTypes['Scope']>>, ParentType, ContextType>;
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
  reversedBy?: Resolver<Maybe<ResolversTypes['PointsEntry']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  recordedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  reference?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  metadata?: Resolver<Array<ResolversTypes['MetadataItem']>, ParentType, ContextType>;
  by?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  token?: Resolver<Maybe<ResolversTypes['Token']>, ParentType, ContextType>;
  idempotencyKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hold?: Resolver<Maybe<ResolversTypes['PointsHold']>, ParentType, ContextType>;
  counterpart?: Resolver<Maybe<ResolversTypes['PointsEntry']>, ParentType, ContextType>;
  counterpartUser?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
};

export type MetadataItemResolvers<ContextType = Context, ParentType extends ResolversParentTypes['MetadataItem'] = ResolversParentTypes['MetadataItem']> = {
  key?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PointsStatementResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsStatement'] = ResolversParentTypes['PointsStatement']> = {
  since?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  until?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  opening?: Resolver<ResolversTypes['Points'], ParentType, ContextType>;
  added?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  spent?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  reversed?: Resolver<Maybe<ResolversTypes['PointsDelta']>, ParentType, ContextType>;
  closing?: Resolver<ResolversTypes['Points'], ParentType, ContextType>;
  entries?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
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

export type PointsHoldResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsHold'] = ResolversParentTypes['PointsHold']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  points?: Resolver<ResolversTypes['Points'], ParentType, ContextType>;
  captured?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['HoldState'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  endedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  reason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  reference?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  metadata?: Resolver<Array<ResolversTypes['MetadataItem']>, ParentType, ContextType>;
  entry?: Resolver<Maybe<ResolversTypes['PointsEntry']>, ParentType, ContextType>;
  by?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  token?: Resolver<Maybe<ResolversTypes['Token']>, ParentType, ContextType>;
  idempotencyKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PointsHoldConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsHoldConnection'] = ResolversParentTypes['PointsHoldConnection']> = {
  edges?: Resolver<Array<ResolversTypes['PointsHoldEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['PointsHold']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PointsHoldEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsHoldEdge'] = ResolversParentTypes['PointsHoldEdge']> = {
  node?: Resolver<ResolversTypes['PointsHold'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  pointsAvailable?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  pointsHolds?: Resolver<Maybe<ResolversTypes['PointsHoldConnection']>, ParentType, ContextType, RequireFields<UserPointsHoldsArgs, 'first'>>;
  points?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  pointsHistory?: Resolver<Maybe<ResolversTypes['PointsEntryConnection']>, ParentType, ContextType, RequireFields<UserPointsHistoryArgs, 'first'>>;
  pointsStatement?: Resolver<Maybe<ResolversTypes['PointsStatement']>, ParentType, ContextType, RequireFields<UserPointsStatementArgs, 'since' | 'until'>>;
  posts?: Resolver<Maybe<ResolversTypes['PostConnection']>, ParentType, ContextType, RequireFields<UserPostsArgs, 'first'>>;
  sessions?: Resolver<Maybe<ResolversTypes['SessionConnection']>, ParentType, ContextType, RequireFields<UserSessionsArgs, 'first'>>;
  tokens?: Resolver<Maybe<ResolversTypes['TokenConnection']>, ParentType, ContextType, RequireFields<UserTokensArgs, 'first'>>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  role?: Resolver<ResolversTypes['Role'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  deletedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  externalIds?: Resolver<Maybe<Array<ResolversTypes['ExternalId']>>, ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  holdPoints?: Resolver<Maybe<ResolversTypes['HoldPayload']>, ParentType, ContextType, RequireFields<MutationHoldPointsArgs, 'input'>>;
  captureHold?: Resolver<Maybe<ResolversTypes['PointsPayload']>, ParentType, ContextType, RequireFields<MutationCaptureHoldArgs, 'input'>>;
  releaseHold?: Resolver<Maybe<ResolversTypes['HoldPayload']>, ParentType, ContextType, RequireFields<MutationReleaseHoldArgs, 'input'>>;
  transferPoints?: Resolver<Maybe<ResolversTypes['TransferPayload']>, ParentType, ContextType, RequireFields<MutationTransferPointsArgs, 'input'>>;
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
  updateToken?: Resolver<Maybe<ResolversTypes['TokenPayload']>, ParentType, ContextType, RequireFields<MutationUpdateTokenArgs, 'input'>>;
  pauseToken?: Resolver<Maybe<ResolversTypes['TokenPayload']>, ParentType, ContextType, RequireFields<MutationPauseTokenArgs, 'input'>>;
  resumeToken?: Resolver<Maybe<ResolversTypes['TokenPayload']>, ParentType, ContextType, RequireFields<MutationResumeTokenArgs, 'input'>>;
  reportLeakedToken?: Resolver<Maybe<ResolversTypes['ReportLeakedTokenPayload']>, ParentType, ContextType, RequireFields<MutationReportLeakedTokenArgs, 'input'>>;
  revokeCurrentToken?: Resolver<Maybe<ResolversTypes['RevokeTokenPayload']>, ParentType, ContextType>;
  createUser?: Resolver<Maybe<ResolversTypes['UserPayload']>, ParentType, ContextType, RequireFields<MutationCreateUserArgs, 'input'>>;
  updateUser?: Resolver<Maybe<ResolversTypes['UserPayload']>, ParentType, ContextType, RequireFields<MutationUpdateUserArgs, 'input'>>;
  linkExternalId?: Resolver<Maybe<ResolversTypes['UserPayload']>, ParentType, ContextType, RequireFields<MutationLinkExternalIdArgs, 'input'>>;
  unlinkExternalId?: Resolver<Maybe<ResolversTypes['UserPayload']>, ParentType, ContextType, RequireFields<MutationUnlinkExternalIdArgs, 'input'>>;
  deleteUser?: Resolver<Maybe<ResolversTypes['DeleteUserPayload']>, ParentType, ContextType, RequireFields<MutationDeleteUserArgs, 'input'>>;
  createWebhook?: Resolver<Maybe<ResolversTypes['WebhookKeyPayload']>, ParentType, ContextType, RequireFields<MutationCreateWebhookArgs, 'input'>>;
  updateWebhook?: Resolver<Maybe<ResolversTypes['WebhookPayload']>, ParentType, ContextType, RequireFields<MutationUpdateWebhookArgs, 'input'>>;
  rotateWebhookKey?: Resolver<Maybe<ResolversTypes['WebhookKeyPayload']>, ParentType, ContextType, RequireFields<MutationRotateWebhookKeyArgs, 'input'>>;
  pauseWebhook?: Resolver<Maybe<ResolversTypes['WebhookPayload']>, ParentType, ContextType, RequireFields<MutationPauseWebhookArgs, 'input'>>;
  resumeWebhook?: Resolver<Maybe<ResolversTypes['WebhookPayload']>, ParentType, ContextType, RequireFields<MutationResumeWebhookArgs, 'input'>>;
  testWebhook?: Resolver<Maybe<ResolversTypes['TestWebhookPayload']>, ParentType, ContextType, RequireFields<MutationTestWebhookArgs, 'input'>>;
  redeliverWebhook?: Resolver<Maybe<ResolversTypes['WebhookPayload']>, ParentType, ContextType, RequireFields<MutationRedeliverWebhookArgs, 'input'>>;
  deleteWebhook?: Resolver<Maybe<ResolversTypes['DeleteWebhookPayload']>, ParentType, ContextType, RequireFields<MutationDeleteWebhookArgs, 'input'>>;
};

export type HoldPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['HoldPayload'] = ResolversParentTypes['HoldPayload']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  user?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
  available?: Resolver<ResolversTypes['Points'], ParentType, ContextType>;
  hold?: Resolver<ResolversTypes['PointsHold'], ParentType, ContextType>;
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
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
  transferred?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  entries?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type TransferPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TransferPayload'] = ResolversParentTypes['TransferPayload']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  points?: Resolver<ResolversTypes['Points'], ParentType, ContextType>;
  debit?: Resolver<ResolversTypes['PointsEntry'], ParentType, ContextType>;
  credit?: Resolver<ResolversTypes['PointsEntry'], ParentType, ContextType>;
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
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
  userCreated?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type ApplyPointsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ApplyPointsPayload'] = ResolversParentTypes['ApplyPointsPayload']> = {
  results?: Resolver<Array<ResolversTypes['PointsResult']>, ParentType, ContextType>;
};

export type ResolvePointsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ResolvePointsPayload'] = ResolversParentTypes['ResolvePointsPayload']> = {
  result?: Resolver<ResolversTypes['PointsResult'], ParentType, ContextType>;
};

export type PointsResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsResult'] = ResolversParentTypes['PointsResult']> = {
  payload?: Resolver<Maybe<ResolversTypes['PointsPayload']>, ParentType, ContextType>;
  hold?: Resolver<Maybe<ResolversTypes['HoldPayload']>, ParentType, ContextType>;
  transfer?: Resolver<Maybe<ResolversTypes['TransferPayload']>, ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['PointsError']>, ParentType, ContextType>;
};

export type PointsErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PointsError'] = ResolversParentTypes['PointsError']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  effect?: Resolver<ResolversTypes['Effect'], ParentType, ContextType>;
  available?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  needed?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  limit?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  max?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  used?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  retryAfterSeconds?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  held?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  state?: Resolver<Maybe<ResolversTypes['HoldState']>, ParentType, ContextType>;
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

export type TokenLimitsResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TokenLimits'] = ResolversParentTypes['TokenLimits']> = {
  maxPointsPerChange?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  maxAddedPerDay?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  maxSpentPerDay?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  maxAddedPerUserPerDay?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  maxSpentPerUserPerDay?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  requestsPerMinute?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
};

export type TokenUsageResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TokenUsage'] = ResolversParentTypes['TokenUsage']> = {
  day?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  added?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
  spent?: Resolver<Maybe<ResolversTypes['Points']>, ParentType, ContextType>;
};

export type TokenDocumentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TokenDocument'] = ResolversParentTypes['TokenDocument']> = {
  hash?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  text?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
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
  pausedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['TokenState'], ParentType, ContextType>;
  limits?: Resolver<Maybe<ResolversTypes['TokenLimits']>, ParentType, ContextType>;
  networks?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  documents?: Resolver<Array<ResolversTypes['TokenDocument']>, ParentType, ContextType>;
  today?: Resolver<Maybe<ResolversTypes['TokenUsage']>, ParentType, ContextType>;
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

export type TokenPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TokenPayload'] = ResolversParentTypes['TokenPayload']> = {
  token?: Resolver<ResolversTypes['Token'], ParentType, ContextType>;
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

export type ExternalIdResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ExternalId'] = ResolversParentTypes['ExternalId']> = {
  issuer?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  linkedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
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

export type WebhookResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Webhook'] = ResolversParentTypes['Webhook']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  events?: Resolver<Array<ResolversTypes['WebhookEvent']>, ParentType, ContextType>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  state?: Resolver<ResolversTypes['WebhookState'], ParentType, ContextType>;
  pausedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  pausedBecause?: Resolver<Maybe<ResolversTypes['WebhookPauseKind']>, ParentType, ContextType>;
  pausedReason?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  signature?: Resolver<ResolversTypes['WebhookSignature'], ParentType, ContextType>;
  publicKey?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  createdBy?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  token?: Resolver<Maybe<ResolversTypes['Token']>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  pending?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  lastDeliveredAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastFailureAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  lastFailure?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  nextAttemptAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
};

export type WebhookConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WebhookConnection'] = ResolversParentTypes['WebhookConnection']> = {
  edges?: Resolver<Array<ResolversTypes['WebhookEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Webhook']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type WebhookEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WebhookEdge'] = ResolversParentTypes['WebhookEdge']> = {
  node?: Resolver<ResolversTypes['Webhook'], ParentType, ContextType>;
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type WebhookKeyPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WebhookKeyPayload'] = ResolversParentTypes['WebhookKeyPayload']> = {
  webhook?: Resolver<ResolversTypes['Webhook'], ParentType, ContextType>;
  secret?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type WebhookPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['WebhookPayload'] = ResolversParentTypes['WebhookPayload']> = {
  webhook?: Resolver<ResolversTypes['Webhook'], ParentType, ContextType>;
};

export type TestWebhookPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TestWebhookPayload'] = ResolversParentTypes['TestWebhookPayload']> = {
  delivered?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  status?: Resolver<Maybe<ResolversTypes['Int']>, ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  durationMs?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type DeleteWebhookPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DeleteWebhookPayload'] = ResolversParentTypes['DeleteWebhookPayload']> = {
  deletedWebhookId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
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
  MetadataItem?: MetadataItemResolvers<ContextType>;
  PointsStatement?: PointsStatementResolvers<ContextType>;
  PointsEntryConnection?: PointsEntryConnectionResolvers<ContextType>;
  PointsEntryEdge?: PointsEntryEdgeResolvers<ContextType>;
  PointsHold?: PointsHoldResolvers<ContextType>;
  PointsHoldConnection?: PointsHoldConnectionResolvers<ContextType>;
  PointsHoldEdge?: PointsHoldEdgeResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  HoldPayload?: HoldPayloadResolvers<ContextType>;
  PointsTotals?: PointsTotalsResolvers<ContextType>;
  PointsDay?: PointsDayResolvers<ContextType>;
  TransferPayload?: TransferPayloadResolvers<ContextType>;
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
  TokenLimits?: TokenLimitsResolvers<ContextType>;
  TokenUsage?: TokenUsageResolvers<ContextType>;
  TokenDocument?: TokenDocumentResolvers<ContextType>;
  Token?: TokenResolvers<ContextType>;
  TokenConnection?: TokenConnectionResolvers<ContextType>;
  TokenEdge?: TokenEdgeResolvers<ContextType>;
  TokenPayload?: TokenPayloadResolvers<ContextType>;
  IssueTokenPayload?: IssueTokenPayloadResolvers<ContextType>;
  RevokeTokenPayload?: RevokeTokenPayloadResolvers<ContextType>;
  ReportLeakedTokenPayload?: ReportLeakedTokenPayloadResolvers<ContextType>;
  ExternalId?: ExternalIdResolvers<ContextType>;
  UserConnection?: UserConnectionResolvers<ContextType>;
  UserEdge?: UserEdgeResolvers<ContextType>;
  UserPayload?: UserPayloadResolvers<ContextType>;
  DeleteUserPayload?: DeleteUserPayloadResolvers<ContextType>;
  Webhook?: WebhookResolvers<ContextType>;
  WebhookConnection?: WebhookConnectionResolvers<ContextType>;
  WebhookEdge?: WebhookEdgeResolvers<ContextType>;
  WebhookKeyPayload?: WebhookKeyPayloadResolvers<ContextType>;
  WebhookPayload?: WebhookPayloadResolvers<ContextType>;
  TestWebhookPayload?: TestWebhookPayloadResolvers<ContextType>;
  DeleteWebhookPayload?: DeleteWebhookPayloadResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = Context> = {
  auth?: AuthDirectiveResolver<any, any, ContextType>;
  public?: PublicDirectiveResolver<any, any, ContextType>;
};
