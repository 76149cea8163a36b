/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocument } from './typed-document.js';
// Generated from schema/ by codegen.ts: change the schema, then `npm run codegen`.

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

/** Points to hold. */
export type HoldPointsInput = {
  /** The user whose points are held. */
  user: UserBy;
  /** Number of points, at least 1. */
  points: number;
  /** After how many seconds the hold expires, 1–2592000 (30 days). Not compared when a key is used again. */
  expiresInSeconds: number;
  /** The reason, up to 500 characters; stored with the hold. */
  reason?: string | null | undefined;
  /**
   * Identifies this change permanently, 1–255 characters, so that it can be sent again without a second effect: a repeated
   * request gets the first response, including a refusal. A key is scoped to the user whose points change and the owner of
   * the credential: all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: string | null | undefined;
  /** What the hold belongs to in the client's own system, such as an order: 1–100 characters. Holds can be found by it. */
  reference?: string | null | undefined;
  /** Names and values to store with the hold, at most 20. With `reference` at most 4,096 bytes of UTF-8. */
  metadata?: Array<MetadataItemInput> | null | undefined;
};

/** A hold to capture. */
export type CaptureHoldInput = {
  /** The id of the hold. */
  hold: string;
  /** Number of points to take, at least 1; all that is held if left out. */
  points?: number | null | undefined;
  /** The user who receives the points; not the one who gives them. If left out, the points are spent. */
  to?: UserBy | null | undefined;
  /** The reason, up to 500 characters; that of the hold if left out. */
  reason?: string | null | undefined;
  /**
   * Identifies this change permanently, 1–255 characters, so that it can be sent again without a second effect: a repeated
   * request gets the first response, including a refusal. A key is scoped to the user whose points change and the owner of
   * the credential: all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: string | null | undefined;
  /** What the change belongs to in the client's own system, 1–100 characters; that of the hold if left out. */
  reference?: string | null | undefined;
  /**
   * Names and values to store with the change, at most 20; those of the hold if left out. With `reference` at most 4,096 bytes
   * of UTF-8.
   */
  metadata?: Array<MetadataItemInput> | null | undefined;
};

/** A hold to release. */
export type ReleaseHoldInput = {
  /** The id of the hold. */
  hold: string;
  /**
   * Identifies this change permanently, 1–255 characters, so that it can be sent again without a second effect: a repeated
   * request gets the first response, including a refusal. A key is scoped to the user whose points change and the owner of
   * the credential: all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: string | null | undefined;
};

/** Points to move. */
export type TransferPointsInput = {
  /** The user who gives the points, and must have as many that are not held. */
  from: UserBy;
  /** The user who receives the points; not the same. */
  to: UserBy;
  /** Number of points, at least 1. */
  points: number;
  /** The reason, up to 500 characters; stored in both entries. */
  reason?: string | null | undefined;
  /**
   * Identifies this change permanently, 1–255 characters, so that it can be sent again without a second effect: a repeated
   * request gets the first response, including a refusal. A key is scoped to the user who gives and the owner of the
   * credential: all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: string | null | undefined;
  /**
   * What the change belongs to in the client's own system, such as an order: 1–100 characters. Stored in the ledger; entries
   * can be found by it.
   */
  reference?: string | null | undefined;
  /** Names and values to store with the change, at most 20. With `reference` at most 4,096 bytes of UTF-8. */
  metadata?: Array<MetadataItemInput> | null | undefined;
};

/** Points to add. */
export type AddPointsInput = {
  /** The user who gets the points. */
  user: UserBy;
  /** Number of points, at least 1. */
  points: number;
  /** The reason, up to 500 characters; stored in the ledger. */
  reason?: string | null | undefined;
  /**
   * Identifies this change permanently, 1–255 characters, so that it can be sent again without a second effect: a repeated
   * request gets the first response, including a refusal. A key is scoped to the user whose points change and the owner of
   * the credential: all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: string | null | undefined;
  /**
   * What the change belongs to in the client's own system, such as an order: 1–100 characters. Stored in the ledger; entries
   * can be found by it.
   */
  reference?: string | null | undefined;
  /** Names and values to store with the change, at most 20. With `reference` at most 4,096 bytes of UTF-8. */
  metadata?: Array<MetadataItemInput> | null | undefined;
  /**
   * Creates a user without password and role, linked to `user.external`, if no user has that id. Requires `user.external`.
   * If the change is refused then, the user stays.
   */
  ifMissing?: NewUserInput | null | undefined;
};

/** Points to spend. */
export type SpendPointsInput = {
  /** The user whose points are spent. */
  user: UserBy;
  /** Number of points, at least 1. */
  points: number;
  /** The reason, up to 500 characters; stored in the ledger. */
  reason?: string | null | undefined;
  /**
   * Identifies this change permanently, 1–255 characters, so that it can be sent again without a second effect: a repeated
   * request gets the first response, including a refusal. A key is scoped to the user whose points change and the owner of
   * the credential: all tokens and sessions of that owner share it, and the same key for another user is another change.
   */
  idempotencyKey?: string | null | undefined;
  /**
   * What the change belongs to in the client's own system, such as an order: 1–100 characters. Stored in the ledger; entries
   * can be found by it.
   */
  reference?: string | null | undefined;
  /** Names and values to store with the change, at most 20. With `reference` at most 4,096 bytes of UTF-8. */
  metadata?: Array<MetadataItemInput> | null | undefined;
};

/** A name and a value to store with a change. */
export type MetadataItemInput = {
  /** The name: 1 to 40 of `a–z 0–9 _`. Each name stands once. */
  key: string;
  /** The value, up to 200 characters. */
  value: string;
};

/** A user to create. */
export type NewUserInput = {
  /**
   * The username, with the rules of `CreateUserInput.username`. Without it the user gets a name of the issuer, cut to 40
   * characters, and 8 random characters.
   */
  username?: string | null | undefined;
};

/** An idempotency key to resolve. */
export type ResolvePointsInput = {
  /** The user whose points the change concerns. */
  user: UserBy;
  /** The idempotency key of the change. The caller's credential must have the same owner as the one that sent the change. */
  idempotencyKey: string;
};

/** What is known about the effect of a failed change. */
export type Effect =
  /** Nothing was changed. */
  | 'NONE'
  /** The change may have been applied: the connection to the database was lost before its result arrived. */
  | 'UNKNOWN';

/** A username and a password. */
export type CredentialsInput = {
  /** 1 to 64 of `A–Z a–z 0–9 _ . -`, case-insensitive. A new name cannot begin with `deleted-`. */
  username: string;
  /** 8 to 256 characters, used exactly as given. The most common passwords are refused for new users. */
  password: string;
};

/** A session to renew. */
export type RenewSessionInput = {
  /** The newest refresh token. */
  refreshToken: string;
};

/** Identifies a user by exactly one of these fields. */
export type UserBy =
  {   /** The user's id. */
  id: string; username?: never; external?: never; }
  |  { id?: never;   /** The username, case-insensitive. */
  username: string; external?: never; }
  |  { id?: never; username?: never;   /** An id in another system, compared to the letter. */
  external: ExternalIdInput; };

/** Identifies a user by an id in another system. */
export type ExternalIdInput = {
  /** The other system: 1 to 64 of `a–z 0–9 . -`, such as `twitch` or `shop.example.com`. */
  issuer: string;
  /** The user's id there, 1–255 characters, compared to the letter. */
  id: string;
};

export type WrittenEntryFragment = { id: string, sequence: number };

export type ChangedPointsFragment = { points: number, entry: { id: string, sequence: number } };

export type HeldPointsFragment = { id: string, points: number, state: HoldState, captured: number | null };

export type MovedPointsFragment = { points: number, entry: { id: string, sequence: number } };

export type AddPointsMutationVariables = Exact<{
  input: AddPointsInput;
}>;


export type AddPointsMutation = { change: { replayed: boolean, points: number, entry: { id: string, sequence: number } } | null };

export type SpendPointsMutationVariables = Exact<{
  input: SpendPointsInput;
}>;


export type SpendPointsMutation = { change: { replayed: boolean, points: number, entry: { id: string, sequence: number } } | null };

export type TransferPointsMutationVariables = Exact<{
  input: TransferPointsInput;
}>;


export type TransferPointsMutation = { change: { replayed: boolean, points: number, entry: { id: string, sequence: number } } | null };

export type HoldPointsMutationVariables = Exact<{
  input: HoldPointsInput;
}>;


export type HoldPointsMutation = { change: { hold: { id: string, points: number, state: HoldState, captured: number | null } } | null };

export type CaptureHoldMutationVariables = Exact<{
  input: CaptureHoldInput;
}>;


export type CaptureHoldMutation = { change: { replayed: boolean, points: number, entry: { id: string, sequence: number } } | null };

export type ReleaseHoldMutationVariables = Exact<{
  input: ReleaseHoldInput;
}>;


export type ReleaseHoldMutation = { change: { hold: { id: string, points: number, state: HoldState, captured: number | null } } | null };

export type ResolvePointsMutationVariables = Exact<{
  input: ResolvePointsInput;
}>;


export type ResolvePointsMutation = { resolvePoints: { result: { payload: { points: number, entry: { id: string, sequence: number } } | null, transfer: { points: number, entry: { id: string, sequence: number } } | null, hold: { hold: { id: string, points: number, state: HoldState, captured: number | null } } | null, error: { code: string, message: string, effect: Effect, available: number | null, needed: number | null, held: number | null, state: HoldState | null, replayed: boolean } | null } } | null };

export type BalanceQueryVariables = Exact<{
  user: UserBy;
}>;


export type BalanceQuery = { user: { points: number | null, pointsAvailable: number | null, pointsHistory: { nodes: Array<{ sequence: number, balanceAfter: number }> } | null } | null };

export type FollowSubscriptionVariables = Exact<{
  user: UserBy;
  after: number;
}>;


export type FollowSubscription = { pointsChanged: { id: string, kind: PointsEntryKind, delta: number, balanceAfter: number, sequence: number, reason: string | null, reference: string | null, createdAt: string } };

export type SessionTokensFragment = { accessToken: string, refreshToken: string, expiresIn: number };

export type SignUpMutationVariables = Exact<{
  input: CredentialsInput;
}>;


export type SignUpMutation = { session: { accessToken: string, refreshToken: string, expiresIn: number } | null };

export type LogInMutationVariables = Exact<{
  input: CredentialsInput;
}>;


export type LogInMutation = { session: { accessToken: string, refreshToken: string, expiresIn: number } | null };

export type RenewSessionMutationVariables = Exact<{
  input: RenewSessionInput;
}>;


export type RenewSessionMutation = { session: { accessToken: string, refreshToken: string, expiresIn: number } | null };

export type LogOutMutationVariables = Exact<{ [key: string]: never; }>;


export type LogOutMutation = { logOut: { user: { id: string } } | null };

export const AddPointsDocument: TypedDocument<AddPointsMutation, AddPointsMutationVariables> =
  "fragment WrittenEntry on PointsEntry { id sequence } fragment ChangedPoints on PointsPayload { points entry { ...WrittenEntry } } mutation AddPoints($input: AddPointsInput!) { change: addPoints(input: $input) { ...ChangedPoints replayed } }";
export const SpendPointsDocument: TypedDocument<SpendPointsMutation, SpendPointsMutationVariables> =
  "fragment WrittenEntry on PointsEntry { id sequence } fragment ChangedPoints on PointsPayload { points entry { ...WrittenEntry } } mutation SpendPoints($input: SpendPointsInput!) { change: spendPoints(input: $input) { ...ChangedPoints replayed } }";
export const TransferPointsDocument: TypedDocument<TransferPointsMutation, TransferPointsMutationVariables> =
  "fragment WrittenEntry on PointsEntry { id sequence } fragment MovedPoints on TransferPayload { points entry: debit { ...WrittenEntry } } mutation TransferPoints($input: TransferPointsInput!) { change: transferPoints(input: $input) { ...MovedPoints replayed } }";
export const HoldPointsDocument: TypedDocument<HoldPointsMutation, HoldPointsMutationVariables> =
  "fragment HeldPoints on PointsHold { id points state captured } mutation HoldPoints($input: HoldPointsInput!) { change: holdPoints(input: $input) { hold { ...HeldPoints } } }";
export const CaptureHoldDocument: TypedDocument<CaptureHoldMutation, CaptureHoldMutationVariables> =
  "fragment WrittenEntry on PointsEntry { id sequence } fragment ChangedPoints on PointsPayload { points entry { ...WrittenEntry } } mutation CaptureHold($input: CaptureHoldInput!) { change: captureHold(input: $input) { ...ChangedPoints replayed } }";
export const ReleaseHoldDocument: TypedDocument<ReleaseHoldMutation, ReleaseHoldMutationVariables> =
  "fragment HeldPoints on PointsHold { id points state captured } mutation ReleaseHold($input: ReleaseHoldInput!) { change: releaseHold(input: $input) { hold { ...HeldPoints } } }";
export const ResolvePointsDocument: TypedDocument<ResolvePointsMutation, ResolvePointsMutationVariables> =
  "fragment WrittenEntry on PointsEntry { id sequence } fragment ChangedPoints on PointsPayload { points entry { ...WrittenEntry } } fragment HeldPoints on PointsHold { id points state captured } fragment MovedPoints on TransferPayload { points entry: debit { ...WrittenEntry } } mutation ResolvePoints($input: ResolvePointsInput!) { resolvePoints(input: $input) { result { payload { ...ChangedPoints } transfer { ...MovedPoints } hold { hold { ...HeldPoints } } error { code message effect available needed held state replayed } } } }";
export const BalanceDocument: TypedDocument<BalanceQuery, BalanceQueryVariables> =
  "query Balance($user: UserBy!) { user(by: $user) { points pointsAvailable pointsHistory(first: 1) { nodes { sequence balanceAfter } } } }";
export const FollowDocument: TypedDocument<FollowSubscription, FollowSubscriptionVariables> =
  "subscription Follow($user: UserBy!, $after: Int!) { pointsChanged(user: $user, after: $after) { id kind delta balanceAfter sequence reason reference createdAt } }";
export const SignUpDocument: TypedDocument<SignUpMutation, SignUpMutationVariables> =
  "fragment SessionTokens on SessionPayload { accessToken refreshToken expiresIn } mutation SignUp($input: CredentialsInput!) { session: signUp(input: $input) { ...SessionTokens } }";
export const LogInDocument: TypedDocument<LogInMutation, LogInMutationVariables> =
  "fragment SessionTokens on SessionPayload { accessToken refreshToken expiresIn } mutation LogIn($input: CredentialsInput!) { session: logIn(input: $input) { ...SessionTokens } }";
export const RenewSessionDocument: TypedDocument<RenewSessionMutation, RenewSessionMutationVariables> =
  "fragment SessionTokens on SessionPayload { accessToken refreshToken expiresIn } mutation RenewSession($input: RenewSessionInput!) { session: renewSession(input: $input) { ...SessionTokens } }";
export const LogOutDocument: TypedDocument<LogOutMutation, LogOutMutationVariables> =
  "mutation LogOut { logOut { user { id } } }";