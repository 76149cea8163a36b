/** Moves and holds points of users of their own, whose sum is known. */
import { type Body, send } from './client.js';

export interface BankOptions {
  /** The addresses of the nodes. */
  readonly urls: readonly string[];
  readonly secret: string;
  /** Each has 100 points. */
  readonly userIds: readonly string[];
  /** Names the run, so that its keys are its own. */
  readonly name: string;
  readonly signal: AbortSignal;
}

/** A change as it was requested, and what was told of it. */
export interface BankChange {
  readonly kind: 'TRANSFER' | 'HOLD' | 'CAPTURE' | 'RELEASE';
  readonly key: string;
  readonly userId: string;
  readonly points: number;
  /** The user who gets the points. */
  readonly to?: string | undefined;
  /** The lifetime of a hold. */
  readonly seconds?: number;
  /** The id of the hold to end. */
  readonly hold?: string;
  /** One for each time that it was sent. */
  readonly outcomes: RecordedBankOutcome[];
}

/** `afterMs` is the response time; 0 where it is not the time of this change alone. */
export type RecordedBankOutcome = { readonly afterMs: number } & BankOutcome;

export type BankOutcome =
  /** `id` is that of the entry or the hold. */
  | { readonly outcome: 'OK'; readonly id: string; readonly delta: number }
  | { readonly outcome: 'REFUSED'; readonly code: string }
  | { readonly outcome: 'NONE' | 'UNKNOWN' };

export const BANK_POINTS = 100;

/** More than a user can have. */
const TOO_MANY = 1_000;

const CLIENTS = 4;

/** Lets clients transfer, hold, capture and release, each under a key that may be sent to both nodes, until it is stopped. */
export async function moveAgain(options: BankOptions): Promise<BankChange[]> {
  const changes: BankChange[] = [];
  await Promise.all(Array.from({ length: CLIENTS }, (_, client) => act(options, client, changes)));
  return changes;
}

async function act({ urls, secret, userIds, name, signal }: BankOptions, client: number, log: BankChange[]) {
  const holds: { readonly id: string; readonly userId: string }[] = [];
  const invent = (key: string): BankChange => {
    const [userId = '', to = ''] = shuffled(userIds);
    const common = { key, outcomes: [], points: 1 + Math.floor(Math.random() * 30) };
    const held = Math.random() < 0.7 ? holds.shift() : holds[0]; // some are ended twice
    if (held !== undefined && Math.random() < 0.6) {
      const kind = Math.random() < 0.7 ? 'CAPTURE' : 'RELEASE';
      const other = userIds.find((id) => id !== held.userId);
      const { points } = common;
      return {
        ...{ ...common, kind, userId: held.userId, hold: held.id },
        points: Math.random() < 0.2 ? TOO_MANY : points,
        to: Math.random() < 0.9 ? other : undefined, // few have none, so that points are left
      };
    }
    // Some holds expire while the run lasts.
    const seconds = Math.random() < 0.5 ? 1 : 3_600;
    return Math.random() < 0.5
      ? { ...common, kind: 'TRANSFER', userId, to }
      : { ...common, kind: 'HOLD', userId, seconds };
  };
  for (let count = 0; !signal.aborted; count++) {
    const several = Array.from({ length: Math.random() < 0.2 ? 5 : 1 }, (_, nth) =>
      invent(`${name}/bank/${client}/${count}/${nth}`),
    );
    log.push(...several);
    const targets = Math.random() < 0.3 ? urls : shuffled(urls).slice(0, 1);
    await Promise.all(targets.map((url) => apply(url, secret, several)));
    for (let tries = 0; tries < 3 && several.some(isOpen); tries++)
      await apply(shuffled(urls)[0] ?? '', secret, several);
    for (const { kind, userId, outcomes } of several) {
      const [made] = outcomes.flatMap((outcome) => (outcome.outcome === 'OK' ? [outcome] : []));
      if (kind === 'HOLD' && made !== undefined) holds.push({ id: made.id, userId });
    }
  }
}

const FIELDS = `
  payload { entry { id delta } } hold { hold { id } } transfer { debit { id delta } } error { code effect }`;
const APPLY = `mutation ($input: ApplyPointsInput!) { applyPoints(input: $input) { results { ${FIELDS} } } }`;
const RESOLVE = `mutation ($input: ResolvePointsInput!) { resolvePoints(input: $input) { result { ${FIELDS} } } }`;

/** Sends changes in one request, and records what was told of each. */
export async function apply(url: string, secret: string, changes: readonly BankChange[]): Promise<void> {
  const from = performance.now();
  const body = await send(url, secret, APPLY, { input: { operations: changes.map(write) } });
  const afterMs = changes.length === 1 ? performance.now() - from : 0;
  for (const [nth, { outcomes }] of changes.entries()) {
    outcomes.push({ afterMs, ...outcomeOf(body, body?.data?.applyPoints?.results[nth]) });
  }
}

/** Asks for the outcome of a change, and closes its key where there is none. */
export async function resolveChange(url: string, secret: string, { userId, key, outcomes }: BankChange): Promise<void> {
  const body = await send(url, secret, RESOLVE, { input: { user: { id: userId }, idempotencyKey: key } });
  outcomes.push({ afterMs: 0, ...outcomeOf(body, body?.data?.resolvePoints?.result) });
}

function write({ kind, key, userId, points, to, seconds, hold }: BankChange): object {
  const receiver = to === undefined ? {} : { to: { id: to } };
  switch (kind) {
    case 'TRANSFER':
      return { transfer: { from: { id: userId }, ...receiver, points, idempotencyKey: key } };
    case 'HOLD':
      return { hold: { user: { id: userId }, points, expiresInSeconds: seconds, idempotencyKey: key } };
    case 'CAPTURE':
      return { capture: { hold, points, ...receiver, idempotencyKey: key } };
    case 'RELEASE':
      return { release: { hold, idempotencyKey: key } };
  }
}

function outcomeOf(body: Body | undefined, result: Body['data']): BankOutcome {
  const entry = result?.payload?.entry ?? result?.transfer?.debit;
  const made = entry ?? result?.hold?.hold;
  if (made != null) return { outcome: 'OK', id: made.id, delta: entry?.delta ?? 0 };
  const { code, effect } = result?.error ?? body?.errors?.[0]?.extensions ?? {};
  if (STORED.has(code)) return { outcome: 'REFUSED', code };
  return { outcome: body !== undefined && (effect === 'NONE' || body.data === undefined) ? 'NONE' : 'UNKNOWN' };
}

const STORED = new Set(['INSUFFICIENT_POINTS', 'HOLD_ENDED', 'IDEMPOTENCY_KEY_CLOSED']);

/** The definite outcome of a change; undefined: there is none. */
export function definiteOutcome({ outcomes }: BankChange): BankOutcome | undefined {
  return outcomes.find(({ outcome }) => outcome === 'OK' || outcome === 'REFUSED');
}

/** Whether it is unknown what came of a change: nothing may be told of it, but it may have happened. */
export function isOpen(change: BankChange): boolean {
  return definiteOutcome(change) === undefined;
}

function shuffled<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((one, other) => one.at - other.at)
    .map(({ item }) => item);
}
