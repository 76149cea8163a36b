import { setTimeout as delay } from 'node:timers/promises';
import { apply, BANK_POINTS, type BankChange, type BankOptions, definiteOutcome } from './bank.js';
import { send } from './client.js';
import type { FaultyDatabase } from './database.js';

/** A user for whom more was to be held at once than there was. */
export interface Crowd {
  readonly userId: string;
  readonly changes: readonly BankChange[];
}

const HOLDS = 50;
const POINTS = 10;
const TOO_FEW = 'INSUFFICIENT_POINTS';

/** Between two users: the requests of one would keep others from being served. */
const PAUSE_MS = 500;

const CREATE = 'mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }';
const ADD = 'mutation ($input: AddPointsInput!) { addPoints(input: $input) { points } }';

/** Holds 50 times 10 of the 100 points of a user, on all nodes at once, for one user after the other. */
export async function crowdAgain({ urls, secret, name, signal }: Omit<BankOptions, 'userIds'>): Promise<Crowd[]> {
  const crowds: Crowd[] = [];
  const prefix = name.replace(/[^a-z0-9]+/gi, '-').slice(0, 40);
  for (let count = 0; !signal.aborted; count++) {
    const [url = ''] = count % 2 === 0 ? urls : urls.toReversed();
    const created = await send(url, secret, CREATE, { input: { username: `${prefix}-crowd-${count}` } });
    const userId: unknown = created?.data?.createUser?.user?.id;
    if (typeof userId !== 'string') continue;
    const added = await send(url, secret, ADD, {
      input: { user: { id: userId }, points: BANK_POINTS, idempotencyKey: `${name}/crowd/${count}` },
    });
    if (added?.data?.addPoints == null) continue;
    const changes = Array.from({ length: HOLDS }, (_, nth): BankChange => {
      const key = `${name}/crowd/${count}/${nth}`;
      return { kind: 'HOLD', key, userId, points: POINTS, seconds: 3_600, outcomes: [] };
    });
    await Promise.all(changes.map((change, nth) => apply(urls[nth % urls.length] ?? '', secret, [change])));
    crowds.push({ userId, changes });
    await delay(PAUSE_MS);
  }
  return crowds;
}

/** Users for whom more, or without need less, was held than there was. */
export async function crowdViolations(database: FaultyDatabase, crowds: readonly Crowd[]): Promise<string[]> {
  const found: string[] = [];
  for (const { userId, changes } of crowds) {
    const [row] = await database.query('select count(*)::int as count from holds where user_id = $1', [userId]);
    const count = Number(row?.['count']);
    const confirmed = changes.filter((change) => definiteOutcome(change)?.outcome === 'OK').length;
    // A key is closed where no response told what came of its change.
    const isRefused = changes.map(definiteOutcome).some((told) => told?.outcome === 'REFUSED' && told.code === TOO_FEW);
    if (count > BANK_POINTS / POINTS || (isRefused && count < BANK_POINTS / POINTS))
      found.push(`I15: ${count} holds of ${POINTS} were made for ${userId}, who has ${BANK_POINTS} points`);
    if (confirmed > count) found.push(`I1: of ${confirmed} holds that were confirmed for ${userId} some are lost`);
  }
  return found;
}
