import { type Client, CombinedError } from 'urql';
import { type AuditAction, PasswordEventsDocument, type PasswordEventsQuery } from '../../generated.js';
import { readPages } from '../api/read-pages.js';

/** The detail that is recorded with the user that the first start creates. */
const FIRST_START = 'first start';

/** Of 100 events each. */
const MAX_PAGES = 50;

type PasswordEvent = NonNullable<PasswordEventsQuery['auditLog']>['nodes'][number];

/**
 * Checks in the audit log whether this user still has the initial password: the first start created the user, and no event
 * records a change of the password. If the search ends before it finds the creation, the password counts as the initial
 * one. If a request fails, the password counts as changed.
 */
export async function checkInitialPassword(client: Client, userId: string): Promise<boolean> {
  try {
    const changed = await findOwnEvent(client, { userId, action: 'PASSWORD_CHANGED' });
    if (changed !== 'NONE') return false;
    const created = await findOwnEvent(client, { userId, action: 'USER_CREATED' });
    return created === 'OUT_OF_REACH' || (created !== 'NONE' && created.detail === FIRST_START);
  } catch (error) {
    if (!(error instanceof CombinedError)) throw error;
    return false;
  }
}

/** The newest such event whose subject is this user. */
async function findOwnEvent(
  client: Client,
  { userId, action }: { userId: string; action: AuditAction },
): Promise<PasswordEvent | 'NONE' | 'OUT_OF_REACH'> {
  const source = {
    query: PasswordEventsDocument,
    variables: (after: string | null) => ({ user: userId, action, after }),
    page: ({ auditLog }: PasswordEventsQuery) => auditLog,
  };
  let pageCount = 0;
  for await (const { nodes } of readPages(client, source)) {
    const own = nodes.find(({ subject }) => subject?.id === userId);
    if (own !== undefined) return own;
    pageCount += 1;
    if (pageCount === MAX_PAGES) return 'OUT_OF_REACH';
  }
  return 'NONE';
}
