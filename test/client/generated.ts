/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
// Generated from schema/ by codegen.ts: change the schema, then `npm run codegen`.

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


export const SpendDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"Spend"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"SpendPointsInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"spendPoints"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"points"}}]}}]}}]} as unknown as DocumentNode<SpendMutation, SpendMutationVariables>;