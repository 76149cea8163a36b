import type { Scope } from './scope.js';

/** What a field requires of a credential whose change is made only after it has waited, and is checked again then. */
export interface Permission {
  /** Every one of them. */
  readonly scopes: readonly Scope[];
  /** And at least one of these; empty: there is no choice. Without either, any live credential. */
  readonly anyScopes: readonly Scope[];
  /** Whether a user may make the change without the scopes to what is their own. */
  readonly isOpenToOwner: boolean;
}

/**
 * The mutations, and fields of their input, that check their credential again. They require what the `@auth` of the schema
 * does: test/house/permissions.unit.test.ts.
 */
export const PERMISSIONS = {
  'Mutation.addPoints': requires('points:add'),
  'Mutation.spendPoints': requiresOrOwner('points:spend'),
  'Mutation.reversePoints': requires('points:reverse'),
  'Mutation.applyPoints': requiresAny('points:add', 'points:spend', 'points:transfer'),
  'Mutation.resolvePoints': { ...requiresAny('points:add', 'points:spend', 'points:transfer'), isOpenToOwner: true },
  'Mutation.holdPoints': requires('points:spend'),
  'Mutation.captureHold': requires('points:spend'),
  'Mutation.releaseHold': requires('points:spend'),
  'Mutation.transferPoints': requires('points:transfer'),
  'Mutation.createPost': requiresOrOwner('posts:write'),
  'Mutation.updatePost': requiresOrOwner('posts:write'),
  'Mutation.deletePost': requiresOrOwner('posts:write'),
  'Mutation.logOut': requires(),
  'Mutation.setPassword': requires('users:write'),
  'Mutation.revokeSession': requiresOrOwner('tokens:revoke'),
  'Mutation.revokeSessions': requiresOrOwner('tokens:revoke'),
  'Mutation.issueToken': requires('tokens:issue'),
  'Mutation.revokeToken': requires('tokens:revoke'),
  'Mutation.revokeCurrentToken': requires(),
  'Mutation.rotateToken': requires('tokens:issue', 'tokens:revoke'),
  'Mutation.updateToken': requires('tokens:issue'),
  'Mutation.pauseToken': requires('tokens:revoke'),
  'Mutation.resumeToken': requires('tokens:issue', 'tokens:revoke'),
  'Mutation.reportLeakedToken': requires(),
  'Mutation.createWebhook': requires('webhooks:write'),
  'Mutation.updateWebhook': requires('webhooks:write'),
  'Mutation.rotateWebhookKey': requires('webhooks:write'),
  'Mutation.pauseWebhook': requires('webhooks:write'),
  'Mutation.resumeWebhook': requires('webhooks:write'),
  'Mutation.testWebhook': requires('webhooks:write'),
  'Mutation.redeliverWebhook': requires('webhooks:write'),
  'Mutation.deleteWebhook': requires('webhooks:write'),
  'Mutation.createUser': requires('users:write'),
  'Mutation.updateUser': requiresOrOwner('users:write'),
  'Mutation.deleteUser': requiresOrOwner('users:write'),
  'Mutation.linkExternalId': requires('users:link'),
  'Mutation.unlinkExternalId': requires('users:link'),
  'CreateUserInput.externalIds': requires('users:link'),
  'AddPointsInput.ifMissing': requires('users:link'),
} as const satisfies Readonly<Record<string, Permission>>;

/** The schema coordinate of a field in {@link PERMISSIONS}. */
export type Coordinate = keyof typeof PERMISSIONS;

function requires(...scopes: Scope[]): Permission {
  return { scopes, anyScopes: [], isOpenToOwner: false };
}

function requiresOrOwner(...scopes: Scope[]): Permission {
  return { scopes, anyScopes: [], isOpenToOwner: true };
}

function requiresAny(...anyScopes: Scope[]): Permission {
  return { scopes: [], anyScopes, isOpenToOwner: false };
}
