import { BadUserInput } from '../../errors.js';
import { UserNotFound } from '../../users/errors.js';
import type { User } from '../../users/user.js';
import type { EntryRef } from '../entry.js';
import { SequenceAhead } from '../errors.js';

interface FeedReads {
  readonly userById: (id: string) => Promise<User | undefined>;
  readonly balanceOf: (userId: string) => Promise<{ readonly sequence: number } | undefined>;
}

/**
 * The entry after which the feed of a user starts: the one given, else the last one at present.
 *
 * @param after a sequence of the user's entries; 0: before the first.
 * @throws BadUserInput, UserNotFound, SequenceAhead
 */
export async function readFeedStart(
  reads: FeedReads,
  userId: string,
  after: number | null | undefined,
): Promise<EntryRef> {
  if (after != null && after < 0)
    throw new BadUserInput('after', 'Sequences start at 1. Use 0 to receive all entries.');
  const user = await reads.userById(userId);
  if (user === undefined || user.deletedAt !== null) throw new UserNotFound();
  const last = (await reads.balanceOf(user.id))?.sequence ?? 0;
  if (after != null && after > last) throw new SequenceAhead(last);
  return { userId: user.id, sequence: after ?? last };
}
