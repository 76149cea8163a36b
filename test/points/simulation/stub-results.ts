import type { ChangeResult, PointsChange, Written } from '../../../src/points/change.js';
import { refKey } from '../../../src/users/user.js';
import type { ModelAction, ModelOutcome } from './model.js';
import type { ModelEntry, ModelHold } from './model-account.js';

/** A change in the terms of the model. In here a user is named by their id, or by its capitals. */
export function toModelAction(action: PointsChange['action']): ModelAction {
  if (!('to' in action)) return action;
  return action.kind === 'TRANSFER'
    ? { ...action, to: refKey(action.to) }
    : { ...action, to: action.to === null ? null : refKey(action.to) };
}

/** What the model says, as the database function returns it. */
export function toResult(userId: string, outcome: ModelOutcome): ChangeResult {
  if (outcome.outcome !== 'APPLIED') return { ...outcome, outcome: outcome.outcome as 'HOLD_ENDED' } as ChangeResult; // the model has the codes of the database
  const user = { id: userId, username: userId, role: 'USER', createdAt: EPOCH, deletedAt: null } as const;
  const { replayed } = outcome;
  return { outcome: 'APPLIED', applied: { written: toWritten(userId, outcome), user, username: userId, replayed } };
}

function toWritten(userId: string, { entry, counterpart, hold, available = 0 }: ModelOutcome): Written {
  if (hold !== undefined) {
    const change = hold.state === 'HELD' ? 'HOLD' : 'RELEASE';
    return { kind: 'HOLD', change, hold: toHold(userId, hold), available };
  }
  if (entry === undefined) throw new Error('The model wrote nothing.');
  const other = entry.counterpart;
  return {
    kind: 'ENTRY',
    entry: toEntry(userId, entry),
    counterpart:
      counterpart === undefined || other === null
        ? null
        : { entry: toEntry(other.userId, counterpart), username: other.userId },
  };
}

function toEntry(userId: string, { counterpart, ...entry }: ModelEntry) {
  return {
    ...entry,
    userId,
    kind: entry.kind as 'ADD', // the model has the kinds of the database
    ...NOT_NOTED,
    recordedAt: EPOCH,
    effectiveAt: null,
    counterpartUserId: counterpart?.userId ?? null,
    counterpartSequence: counterpart?.sequence ?? null,
  };
}

function toHold(userId: string, { expiresAt, ...hold }: ModelHold) {
  return {
    ...hold,
    ...NOT_NOTED,
    userId,
    createdAt: EPOCH,
    expiresAt: new Date(expiresAt * 1_000),
    endedAt: hold.state === 'HELD' ? null : EPOCH,
    entrySequence: null,
    ownerId: userId,
    tokenId: null,
    idempotencyKey: null,
  };
}

const EPOCH = new Date(0);

const NOT_NOTED = { reason: null, reference: null, metadata: null };
