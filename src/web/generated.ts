/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
// Generated from schema/ by codegen.ts: change the schema, then `npm run codegen`.

/** What a credential may do. In a JWT, a header and on the command line the same scope reads `points:add`. */
export type Scope =
  /** Read any user. */
  | 'USERS_READ'
  /** Create, change and delete any user. */
  | 'USERS_WRITE'
  /** Read any post. */
  | 'POSTS_READ'
  /** Write, change and delete any user's posts. */
  | 'POSTS_WRITE'
  /** Read any user's points and their history. */
  | 'POINTS_READ'
  /** Add points to any user. */
  | 'POINTS_ADD'
  /** Spend points of any user. */
  | 'POINTS_SPEND'
  /** Take an entry of the ledger back. */
  | 'POINTS_REVERSE'
  /** See issued tokens, never their secrets. */
  | 'TOKENS_READ'
  /** Issue tokens, never wider than the issuer. */
  | 'TOKENS_ISSUE'
  /** Revoke any token. */
  | 'TOKENS_REVOKE'
  /** Read the audit log. */
  | 'AUDIT_READ';

/** The two kinds of credential. */
export type CredentialKind =
  /** An app token: issued to a trusted application, with scopes of its own. */
  | 'APP'
  /** A session: a user who logged in, with the scopes of their role. */
  | 'USER';

export type WhoAmIQueryVariables = Exact<{ [key: string]: never; }>;


export type WhoAmIQuery = { viewer: { kind: CredentialKind, scopes: Array<Scope>, expiresAt: string | null, user: { username: string }, token: { name: string } | null } | null };


export const WhoAmIDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"WhoAmI"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"viewer"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"kind"}},{"kind":"Field","name":{"kind":"Name","value":"scopes"}},{"kind":"Field","name":{"kind":"Name","value":"expiresAt"}},{"kind":"Field","name":{"kind":"Name","value":"user"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"username"}}]}},{"kind":"Field","name":{"kind":"Name","value":"token"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"name"}}]}}]}}]}}]} as unknown as DocumentNode<WhoAmIQuery, WhoAmIQueryVariables>;