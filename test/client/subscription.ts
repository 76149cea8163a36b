import { print } from 'graphql';
import { createClient } from 'graphql-ws';
import { type Api, isRetryable } from './fetch.js';
import { FollowDocument, type FollowSubscription } from './generated.js';
import type { Session } from './session.js';

type Entry = FollowSubscription['pointsChanged'];

/**
 * Follows the points of a user: every entry after the sequence `after`, once and in order. Reconnects when the connection is
 * lost. Ends when the server refuses, for example because the token was revoked.
 */
export async function* follow({ url, token }: Api, user: { id: string }, after = 0): AsyncGenerator<Entry> {
  for (let last = after, tries = 1; ; tries++) {
    const client = createClient({
      url: url.replace(/^http/, 'ws'),
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0, // a retry would send the same `after` again, and not resume after the last entry
    });
    try {
      const results = client.iterate<FollowSubscription>({
        query: print(FollowDocument),
        variables: { user, after: last },
      });
      for await (const { data } of results) {
        if (!data) continue;
        last = data.pointsChanged.sequence;
        tries = 0;
        yield data.pointsChanged;
      }
    } catch (reason) {
      if (isRefusal(reason)) throw reason;
    } finally {
      await client.dispose();
    }
    await new Promise((resolve) => setTimeout(resolve, Math.min(100 * 2 ** tries, 10_000)));
  }
}

/**
 * The same for a user who is logged in, for as long as the session lasts. The access token expires every few minutes, and
 * the server then closes the connection (4403): this renews the token and resumes after the last entry. Ends with LoggedOut,
 * or with 4401 if the session was ended meanwhile: show the log-in form.
 */
export async function* followAsUser(
  session: Session,
  { url, user, after = 0 }: { url: string; user: { id: string }; after?: number },
): AsyncGenerator<Entry> {
  for (let last = after; ; ) {
    const token = await session.accessToken();
    try {
      for await (const entry of follow({ url, token }, user, last)) {
        last = entry.sequence;
        yield entry;
      }
    } catch (reason) {
      if (closeCodeOf(reason) !== 4403) throw reason;
      await session.renew(token);
    }
  }
}

/** Errors of the operation come as a list; 4400 to 4499 says that the connection was refused, and why. */
function isRefusal(reason: unknown): boolean {
  if (Array.isArray(reason)) return !reason.some(isRetryable);
  const code = closeCodeOf(reason);
  return code >= 4400 && code < 4500;
}

/** 4401: the credential is bad or was revoked. 4403: it expired, or may do less than before. */
function closeCodeOf(reason: unknown): number {
  return reason instanceof Object && 'code' in reason ? Number(reason.code) : 0;
}
