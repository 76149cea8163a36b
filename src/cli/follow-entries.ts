import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'graphql-ws';
import {
  type ConnectionOptions,
  describeEnd,
  errorsIn,
  firstResultOf,
  isRefusal,
  openConnection,
  resultsOf,
} from './listen-connection.js';

/** An entry, and whose it is. */
export interface FollowedEntry {
  readonly id: string;
  readonly user: {
    readonly id: string;
    readonly username: string;
    /** Absent where the credential lacks `users:link`. */
    readonly externalIds?: readonly { readonly issuer: string; readonly id: string }[];
  };
  readonly kind: string;
  readonly delta: number;
  readonly balanceAfter: number;
  readonly sequence: number;
  readonly reason: string | null;
  readonly reference: string | null;
  readonly metadata: readonly { readonly key: string; readonly value: string }[];
  readonly createdAt: string;
}

/** A user, as the API takes one. */
export type FollowedUser =
  | { readonly id: string }
  | { readonly username: string }
  | { readonly external: { readonly issuer: string; readonly id: string } };

export interface FollowOptions extends ConnectionOptions {
  /** The only user whose entries are followed; undefined: all users. */
  readonly user: FollowedUser | undefined;
  /** Called once the server has accepted the credential. */
  readonly onStarted: () => void;
  /** Called with the reason where the connection was lost. It is opened again. */
  readonly onLost: (reason: string) => void;
}

const VIEWER = '{ viewer { scopes } }';

const ENTRIES = `subscription Listen($user: UserBy, $after: Int, $externalIds: Boolean!) {
  pointsChanged(user: $user, after: $after) {
    id
    user { id username externalIds @include(if: $externalIds) { issuer id } }
    kind delta balanceAfter sequence reason reference
    metadata { key value }
    createdAt
  }
}`;

/** Beyond the last entry of every user. The error says which is the last, and takes no scope but `points:read`. */
const BEYOND = 2 ** 31 - 1;

const MAX_PAUSE_MS = 10_000;

interface Followed {
  readonly pointsChanged: FollowedEntry;
}

/** Where a subscription starts: of all users, now; of one, after an entry. */
type Place = { readonly user?: undefined } | { readonly user: FollowedUser; readonly after: number };

/**
 * Follows the entries that are written from now on, until the signal. A connection that is lost is opened again: the entries
 * of one user go on after the last one, those of all users with what is written then.
 *
 * @throws Error where the server cannot be reached at first, or refuses.
 */
export async function* followEntries(options: FollowOptions): AsyncGenerator<FollowedEntry> {
  const { signal, onStarted, onLost } = options;
  const { externalIds, ...start } = await begin(options);
  onStarted();
  let place: Place = start.place;
  for (let tries = 0; !signal.aborted; tries += 1) {
    const client = openConnection(options);
    try {
      for await (const { pointsChanged } of resultsOf<Followed>(client, ENTRIES, { ...place, externalIds })) {
        const { user, sequence } = pointsChanged;
        if (place.user !== undefined) place = { user: { id: user.id }, after: sequence };
        tries = 0;
        yield pointsChanged;
      }
    } catch (reason) {
      if (signal.aborted) return;
      if (isRefusal(reason)) throw new Error(`The server refuses: ${describeEnd(reason)}`);
      onLost(describeEnd(reason));
    } finally {
      await client.dispose();
    }
    await delay(Math.min(250 * 2 ** tries, MAX_PAUSE_MS), undefined, { signal }).catch(() => {});
  }
}

/** Asks what the credential may read, and for the last entry of the user, so that none is missed from here on. */
async function begin(options: FollowOptions): Promise<{ readonly externalIds: boolean; readonly place: Place }> {
  const { url, user } = options;
  const client = openConnection(options);
  try {
    const { viewer } = await firstResultOf<{ readonly viewer: { readonly scopes: readonly string[] } }>(client, VIEWER);
    const place = user === undefined ? {} : { user, after: await readLastSequence(client, user) };
    return { externalIds: viewer.scopes.includes('USERS_LINK'), place };
  } catch (reason) {
    const what = isRefusal(reason) ? 'The server refuses' : `Could not connect to ${url}`;
    throw new Error(`${what}: ${describeEnd(reason)}`);
  } finally {
    await client.dispose();
  }
}

async function readLastSequence(client: Client, user: FollowedUser): Promise<number> {
  try {
    const variables = { user, after: BEYOND, externalIds: false };
    return (await firstResultOf<Followed>(client, ENTRIES, variables)).pointsChanged.sequence;
  } catch (reason) {
    const sequences = errorsIn(reason).map(({ extensions }) => extensions?.['lastSequence']);
    const last = sequences.find((sequence) => typeof sequence === 'number');
    if (last === undefined) throw reason;
    return last;
  }
}
