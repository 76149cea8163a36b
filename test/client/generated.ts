/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
// Generated from schema/ by codegen.ts: change the schema, then `npm run codegen`.

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

export type SpendMutationVariables = Exact<{
  input: SpendPointsInput;
}>;


export type SpendMutation = { spendPoints: { message: string, points: number } | null };

export type HeldPointsFragment = { id: string, points: number, state: HoldState };

export type HoldMutationVariables = Exact<{
  input: HoldPointsInput;
}>;


export type HoldMutation = { change: { hold: { id: string, points: number, state: HoldState } } | null };

export type CaptureMutationVariables = Exact<{
  input: CaptureHoldInput;
}>;


export type CaptureMutation = { change: { points: number } | null };

export type ReleaseMutationVariables = Exact<{
  input: ReleaseHoldInput;
}>;


export type ReleaseMutation = { change: { hold: { id: string, points: number, state: HoldState } } | null };

export type ResolveMutationVariables = Exact<{
  input: ResolvePointsInput;
}>;


export type ResolveMutation = { resolvePoints: { result: { payload: { points: number } | null, hold: { hold: { id: string, points: number, state: HoldState } } | null, error: { code: string, message: string, effect: Effect } | null } } | null };

export type FollowSubscriptionVariables = Exact<{
  user: UserBy;
  after: number;
}>;


export type FollowSubscription = { pointsChanged: { sequence: number, delta: number, balanceAfter: number } };

export type SessionTokensFragment = { accessToken: string, refreshToken: string, expiresIn: number };

export type LogInMutationVariables = Exact<{
  input: CredentialsInput;
}>;


export type LogInMutation = { logIn: { accessToken: string, refreshToken: string, expiresIn: number } | null };

export type RenewSessionMutationVariables = Exact<{
  input: RenewSessionInput;
}>;


export type RenewSessionMutation = { renewSession: { accessToken: string, refreshToken: string, expiresIn: number } | null };

export type LogOutMutationVariables = Exact<{ [key: string]: never; }>;


export type LogOutMutation = { logOut: { user: { id: string } } | null };

export const HeldPointsFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"HeldPoints"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PointsHold"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"points"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]} as unknown as DocumentNode<HeldPointsFragment, unknown>;
export const SessionTokensFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionTokens"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SessionPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"accessToken"}},{"kind":"Field","name":{"kind":"Name","value":"refreshToken"}},{"kind":"Field","name":{"kind":"Name","value":"expiresIn"}}]}}]} as unknown as DocumentNode<SessionTokensFragment, unknown>;
export const SpendDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Spend"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SpendPointsInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"spendPoints"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"points"}}]}}]}}]} as unknown as DocumentNode<SpendMutation, SpendMutationVariables>;
export const HoldDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Hold"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"HoldPointsInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"change"},"name":{"kind":"Name","value":"holdPoints"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hold"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"HeldPoints"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"HeldPoints"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PointsHold"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"points"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]} as unknown as DocumentNode<HoldMutation, HoldMutationVariables>;
export const CaptureDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Capture"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CaptureHoldInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"change"},"name":{"kind":"Name","value":"captureHold"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"points"}}]}}]}}]} as unknown as DocumentNode<CaptureMutation, CaptureMutationVariables>;
export const ReleaseDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Release"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ReleaseHoldInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","alias":{"kind":"Name","value":"change"},"name":{"kind":"Name","value":"releaseHold"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hold"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"HeldPoints"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"HeldPoints"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PointsHold"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"points"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]} as unknown as DocumentNode<ReleaseMutation, ReleaseMutationVariables>;
export const ResolveDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Resolve"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ResolvePointsInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"resolvePoints"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"result"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"payload"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"points"}}]}},{"kind":"Field","name":{"kind":"Name","value":"hold"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hold"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"HeldPoints"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"effect"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"HeldPoints"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PointsHold"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"points"}},{"kind":"Field","name":{"kind":"Name","value":"state"}}]}}]} as unknown as DocumentNode<ResolveMutation, ResolveMutationVariables>;
export const FollowDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"Follow"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"user"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UserBy"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"pointsChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"user"},"value":{"kind":"Variable","name":{"kind":"Name","value":"user"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"sequence"}},{"kind":"Field","name":{"kind":"Name","value":"delta"}},{"kind":"Field","name":{"kind":"Name","value":"balanceAfter"}}]}}]}}]} as unknown as DocumentNode<FollowSubscription, FollowSubscriptionVariables>;
export const LogInDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"LogIn"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CredentialsInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"logIn"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SessionTokens"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionTokens"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SessionPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"accessToken"}},{"kind":"Field","name":{"kind":"Name","value":"refreshToken"}},{"kind":"Field","name":{"kind":"Name","value":"expiresIn"}}]}}]} as unknown as DocumentNode<LogInMutation, LogInMutationVariables>;
export const RenewSessionDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RenewSession"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"RenewSessionInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"renewSession"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"SessionTokens"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"SessionTokens"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"SessionPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"accessToken"}},{"kind":"Field","name":{"kind":"Name","value":"refreshToken"}},{"kind":"Field","name":{"kind":"Name","value":"expiresIn"}}]}}]} as unknown as DocumentNode<RenewSessionMutation, RenewSessionMutationVariables>;
export const LogOutDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"LogOut"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"logOut"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}}]}}]}}]}}]} as unknown as DocumentNode<LogOutMutation, LogOutMutationVariables>;