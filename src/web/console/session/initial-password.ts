import { type Client, CombinedError } from 'urql';
import { type AuditAction, PasswordEventsDocument, type PasswordEventsQuery } from '../../generated.js';
import { readPages } from '../lists/connection-source.js';

/** The detail that is recorded with the user that the first start creates. */
const FIRST_START = 'first start';

/** Of 100 events each. */
const MAX_PAGES = 50;

type PasswordEvent = NonNullable<PasswordEventsQuery['auditLog']>['nodes'][number];

/**
 * Finds out from the audit log whether this user still has the initial password. Once it is changed, one request usually
 * answers: the first check finds the change. After a failed request the reminder stays hidden.
 */
export async function checkInitialPassword(client: Client, userId: string): Promise<boolean> {
  const isSubject = ({ subject }: PasswordEvent) => subject?.id === userId;
  const isFirstStart = (event: PasswordEvent) => isSubject(event) && event.detail === FIRST_START;
  try {
    return (
      (await hasEvent(client, { userId, action: 'PASSWORD_CHANGED' }, isSubject)) === false &&
      (await hasEvent(client, { userId, action: 'USER_CREATED' }, isFirstStart)) === true
    );
  } catch (error) {
    if (!(error instanceof CombinedError)) throw error;
    return false;
  }
}

/** Whether the audit log has such an event of this user; undefined: not among the events that were read. */
async function hasEvent(
  client: Client,
  { userId, action }: { userId: string; action: AuditAction },
  matches: (event: PasswordEvent) => boolean,
): Promise<boolean | undefined> {
  const source = {
    query: PasswordEventsDocument,
    variables: (after: string | null) => ({ user: userId, action, after }),
    page: ({ auditLog }: PasswordEventsQuery) => auditLog,
  };
  let pageCount = 0;
  for await (const { nodes } of readPages(client, source)) {
    if (nodes.some(matches)) return true;
    pageCount += 1;
    if (pageCount === MAX_PAGES) return undefined;
  }
  return false;
}
