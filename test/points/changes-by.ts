import {
  AddPointsDocument,
  type AddPointsInput,
  CaptureHoldDocument,
  type CaptureHoldInput,
  HoldPointsDocument,
  type HoldPointsInput,
  ReleaseHoldDocument,
  ResolvePointsDocument,
  ReversePointsDocument,
  SpendPointsDocument,
  TransferPointsDocument,
  type TransferPointsInput,
  type UserBy,
} from '../operations/generated.js';
import type { Credential, TestServer } from '../support/server.js';

/** The users of these ids, or named otherwise. */
type Named = string | UserBy;

/** What changes points by one credential. `more` is added to the input. */
export function changesBy(server: Pick<TestServer, 'send'>, by: Credential) {
  return {
    add: (user: Named, points: number, more: Partial<AddPointsInput> = {}) =>
      server.send(by, AddPointsDocument, { input: { user: named(user), points, ...more } }),
    spend: (user: Named, points: number, more: Partial<AddPointsInput> = {}) =>
      server.send(by, SpendPointsDocument, { input: { user: named(user), points, ...more } }),
    reverse: (entryId: string, idempotencyKey?: string) =>
      server.send(by, ReversePointsDocument, { input: { entryId, ...(idempotencyKey && { idempotencyKey }) } }),
    hold: (user: Named, points: number, more: Partial<HoldPointsInput> = {}) =>
      server.send(by, HoldPointsDocument, { input: { user: named(user), points, expiresInSeconds: 600, ...more } }),
    capture: (hold: string, more: Partial<CaptureHoldInput> = {}) =>
      server.send(by, CaptureHoldDocument, { input: { hold, ...more } }),
    release: (hold: string, idempotencyKey?: string) =>
      server.send(by, ReleaseHoldDocument, { input: { hold, ...(idempotencyKey && { idempotencyKey }) } }),
    transfer: (from: Named, to: Named, points: number, more: Partial<TransferPointsInput> = {}) =>
      server.send(by, TransferPointsDocument, { input: { from: named(from), to: named(to), points, ...more } }),
    /** The result under a key. */
    resolve: async (user: Named, idempotencyKey: string) =>
      (await server.send(by, ResolvePointsDocument, { input: { user: named(user), idempotencyKey } })).data
        .resolvePoints.result,
  };
}

function named(user: Named): UserBy {
  return typeof user === 'string' ? { id: user } : user;
}
