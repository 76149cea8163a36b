import type { Client } from 'urql';
import {
  type AuditAction,
  PasswordEventsDocument,
  type PasswordEventsQuery,
  type PasswordEventsQueryVariables,
} from '../../generated.js';
import { observable } from '../../shared/observable.js';

/** Whether the administrator still has the password from the first start of the server. */
export const hasInitialPassword = observable(false);

/** Recorded with the user that the first start creates. */
const FIRST_START = 'first start';

/** Of 100 events each. */
const MAX_PAGES = 50;

type PasswordEvent = NonNullable<PasswordEventsQuery['auditLog']>['nodes'][number];

/** Finds out by the audit log whether this user still has the initial password. A failed request tells nothing. */
export async function checkInitialPassword(client: Client, userId: string): Promise<void> {
  const isSubject = ({ subject }: PasswordEvent) => subject?.id === userId;
  const isFirstStart = (event: PasswordEvent) => isSubject(event) && event.detail === FIRST_START;
  const isInitial =
    (await hasEvent(client, { userId, action: 'USER_CREATED' }, isFirstStart)) === true &&
    (await hasEvent(client, { userId, action: 'PASSWORD_CHANGED' }, isSubject)) === false;
  hasInitialPassword.set(isInitial);
}

/** Whether such an event was recorded; undefined: unknown, after a failed request or too many events. */
async function hasEvent(
  client: Client,
  { userId, action }: { userId: string; action: AuditAction },
  test: (event: PasswordEvent) => boolean,
): Promise<boolean | undefined> {
  let after: string | null = null;
  for (let page = 0; page < MAX_PAGES; page++) {
    const events: PasswordEventsQuery['auditLog'] | undefined = await read({ user: userId, action, after });
    if (!events) return undefined;
    if (events.nodes.some(test)) return true;
    if (!events.pageInfo.hasNextPage) return false;
    after = events.pageInfo.endCursor ?? null;
  }
  return undefined;

  async function read(variables: PasswordEventsQueryVariables) {
    const { data } = await client.query(PasswordEventsDocument, variables, { requestPolicy: 'network-only' });
    return data?.auditLog;
  }
}
