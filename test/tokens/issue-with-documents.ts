import { IssueTokenDocument, type IssueTokenInput } from '../operations/generated.js';
import type { IssuedToken, TestResponse, TestServer } from '../support/server.js';

export const ADD = `mutation Add($input: AddPointsInput!) { addPoints(input: $input) { points user { ...Named } } }
fragment Named on User { username }`;
export const USERS = 'query Users { users(first: 2) { totalCount } }';
export const FOLLOW = 'subscription Follow($user: UserBy!) { pointsChanged(user: $user, after: 0) { delta } }';
export const VIEWER = 'query Viewer { viewer { kind } }';

export async function issueWith(server: TestServer, input: Partial<IssueTokenInput>, issuer?: IssuedToken) {
  const credential = issuer ?? (await server.everything());
  return await server.send(credential, IssueTokenDocument, {
    input: { name: 'documents', ...input } as IssueTokenInput,
  });
}

/** What tells one refusal from another. */
export function refusalOf({ status, headers, errors, data }: TestResponse) {
  const [error, ...more] = errors ?? [];
  return { status, challenge: headers.get('www-authenticate'), ...error?.extensions, more: more.length, data };
}
