import { expect } from 'vitest';
import { NO_ID } from '../../../src/input.js';
import type { User } from '../../../src/users/user.js';
import {
  AddPointsDocument,
  ApplyHoldsAndTransfersDocument,
  CaptureHoldDocument,
  HoldPointsDocument,
  type PointsOperation,
  ReleaseHoldDocument,
  ResolvePointsDocument,
  ReversePointsDocument,
  SpendPointsDocument,
  TransferPointsDocument,
  type UserBy,
} from '../../operations/generated.js';
import type { IssuedToken, TestResponse, TestServer } from '../../support/server.js';
import { type Asked, type Many, NO_USER } from './asked-changes.js';
import type { ModelChange, ModelOutcome } from './model.js';
import type { ModelEntry, ModelHold } from './model-account.js';

/** The parties of a request, which it has the numbers of. */
export interface Parties {
  readonly users: readonly User[];
  readonly tokens: readonly IssuedToken[];
}

/** A request in the terms of the model. */
export function toChange({ user, action, ...asked }: Asked, { users, tokens }: Parties): ModelChange {
  const idOf = (number: string) => (number === NO_USER ? NO_ID : at(users, Number(number)).id);
  const named = 'to' in action && action.to !== null ? { ...action, to: idOf(action.to) } : action;
  return { ...asked, userId: at(users, user).id, action: named, ownerId: at(tokens, asked.token).owner.id };
}

/** What responses show of an outcome: of an entry not what it is linked to. */
export function seenOf({ outcome, entry, counterpart, hold, ...details }: ModelOutcome): object {
  return {
    ...details,
    outcome: outcome === 'SAME_USER' ? 'BAD_USER_INPUT' : outcome,
    ...(entry && { entry: seenEntry(entry) }),
    ...(entry?.kind === 'TRANSFER_OUT' &&
      entry.hold === null &&
      counterpart && { counterpart: seenEntry(counterpart) }),
    ...(hold && { hold: seenHold(hold) }),
  };
}

function seenEntry({ kind, delta, balanceAfter, sequence }: ModelEntry): object {
  return { kind, delta, balanceAfter, sequence };
}

function seenHold({ number, points, state, captured }: Omit<ModelHold, 'expiresAt'>): object {
  return { number, points, state, captured };
}

/** Sends a request as its caller, about the users that it names. Returns what is seen of its outcome. */
export async function send(server: TestServer, asked: Asked, parties: Parties): Promise<object> {
  const by = at(parties.tokens, asked.token);
  const { action, idempotencyKey } = asked;
  if (action.kind === 'RESOLVE') {
    const input = { user: nameOf(asked, parties), idempotencyKey: idempotencyKey ?? '' };
    const { data } = await server.send(by, ResolvePointsDocument, { input });
    return outcomeOf(data.resolvePoints.result);
  }
  const response =
    action.kind === 'REVERSAL'
      ? await server.send(by, ReversePointsDocument, {
          input: { entryId: `${at(parties.users, asked.user).id}.${action.reverses}`, idempotencyKey },
        })
      : await sendAlone(server, by, operationOf(asked, parties));
  const { change } = response.data;
  const error = response.errors?.[0]?.extensions ?? null;
  if (change == null) return outcomeOf({ error });
  const kind = 'hold' in change ? 'hold' : 'debit' in change ? 'transfer' : 'payload';
  return outcomeOf({ [kind]: change, error });
}

async function sendAlone(server: TestServer, by: IssuedToken, operation: PointsOperation): Promise<TestResponse> {
  const { add, spend, hold, capture, release, transfer } = operation;
  if (add) return await server.send(by, AddPointsDocument, { input: add });
  if (spend) return await server.send(by, SpendPointsDocument, { input: spend });
  if (hold) return await server.send(by, HoldPointsDocument, { input: hold });
  if (capture) return await server.send(by, CaptureHoldDocument, { input: capture });
  if (release) return await server.send(by, ReleaseHoldDocument, { input: release });
  if (transfer) return await server.send(by, TransferPointsDocument, { input: transfer });
  throw new Error('There is no operation.');
}

/** Sends several changes in one request. Returns what is seen of their outcomes. */
export async function sendMany(server: TestServer, { token, operations }: Many, parties: Parties): Promise<object[]> {
  const input = { operations: operations.map((asked) => operationOf(asked, parties)) };
  const { data } = await server.send(at(parties.tokens, token), ApplyHoldsAndTransfersDocument, { input });
  return data.applyPoints.results.map(outcomeOf);
}

function operationOf(asked: Asked, parties: Parties): PointsOperation {
  const { action, idempotencyKey } = asked;
  const user = nameOf(asked, parties);
  const hold = 'hold' in action ? `${at(parties.users, asked.user).id}.h${action.hold}` : '';
  const to = (number: string) => nameOf({ ...asked, user: Number(number) }, parties);
  switch (action.kind) {
    case 'ADD':
      return { add: { user, points: action.points, idempotencyKey } };
    case 'SPEND':
      return { spend: { user, points: action.points, idempotencyKey } };
    case 'HOLD': {
      const { points, expiresInSeconds } = action;
      return { hold: { user, points, expiresInSeconds, idempotencyKey } };
    }
    case 'CAPTURE':
      return {
        capture: { hold, points: action.points, to: action.to === null ? null : to(action.to), idempotencyKey },
      };
    case 'RELEASE':
      return { release: { hold, idempotencyKey } };
    case 'TRANSFER':
      return { transfer: { from: user, to: to(action.to), points: action.points, idempotencyKey } };
    default:
      throw new Error('It stands in no list.');
  }
}

function nameOf({ user, isByName }: Asked, { users }: Parties): UserBy {
  if (String(user) === NO_USER) return isByName ? { username: 'nobody' } : { id: NO_ID };
  const { id, username } = at(users, user);
  return isByName ? { username } : { id };
}

/** The shape is what the documents ask for. */
function outcomeOf({ payload, hold, transfer, error }: TestResponse['data']): object {
  if (payload != null) {
    expect(payload.points).toBe(payload.entry.balanceAfter);
    return { outcome: 'APPLIED', replayed: payload.replayed, entry: seenEntry(payload.entry) };
  }
  if (hold != null) {
    const { available, replayed } = hold;
    const number = Number(hold.hold.id.split('.h')[1]);
    return { outcome: 'APPLIED', replayed, available, hold: seenHold({ ...hold.hold, number }) };
  }
  if (transfer != null) {
    const { replayed, debit, credit } = transfer;
    expect(transfer.points).toBe(debit.balanceAfter);
    return { outcome: 'APPLIED', replayed, entry: seenEntry(debit), counterpart: seenEntry(credit) };
  }
  expect(error.effect).toBe('NONE');
  const { code, replayed = false, available, needed, held, state, limit, max, used } = error;
  return {
    outcome: code,
    replayed,
    ...(available != null && { available, needed, held }),
    ...(state != null && { state }),
    ...(limit != null && { limit, max }),
    ...(used != null && { used }),
  };
}

function at<Item>(items: readonly Item[], index: number): Item {
  const item = items[index];
  if (item === undefined) throw new Error('There is no such item.');
  return item;
}
