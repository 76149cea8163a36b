import type { User } from '../../src/users/user.js';
import * as operations from '../operations/generated.js';
import type { TestServer } from '../support/server.js';
import type { RootField } from './root-fields.js';

/** What the root fields of points require of their callers. */
export const POINTS_QUERY: Readonly<Record<string, RootField>> = {
  leaderboard: {
    send: (server, caller) => server.send(caller, operations.LeaderboardDocument),
    scopes: ['users:read', 'points:read'],
  },
  pointsEntry: {
    send: async (server, caller, owner) => {
      const added = await server.send(await server.everything(), operations.AddPointsDocument, {
        input: onePointOf(owner),
      });
      return await server.send(caller, operations.PointsEntryDeltaDocument, { id: added.data.change.entry.id });
    },
    scopes: ['points:read'],
    isForOwner: true,
  },
  pointsEntries: {
    send: (server, caller) => server.send(caller, operations.PointsEntriesDocument),
    scopes: ['points:read'],
  },
  pointsHold: {
    send: async (server, caller, owner) =>
      server.send(caller, operations.PointsHoldPointsDocument, { id: await holdOf(server, owner) }),
    scopes: ['points:read'],
    isForOwner: true,
  },
  pointsHolds: {
    send: (server, caller) => server.send(caller, operations.PointsHoldsDocument),
    scopes: ['points:read'],
  },
  pointsByDay: {
    send: (server, caller) => server.send(caller, operations.PointsByDayDocument),
    scopes: ['points:read'],
  },
  pointsTotals: {
    send: (server, caller) => server.send(caller, operations.PointsTotalsDocument),
    scopes: ['points:read'],
  },
};

export const POINTS_MUTATION: Readonly<Record<string, RootField>> = {
  addPoints: {
    send: (server, caller, owner) => server.send(caller, operations.AddPointsDocument, { input: onePointOf(owner) }),
    scopes: ['points:add'],
  },
  spendPoints: {
    send: (server, caller, owner) => server.send(caller, operations.SpendPointsDocument, { input: onePointOf(owner) }),
    scopes: ['points:spend'],
    isForOwner: true,
  },
  reversePoints: {
    send: (server, caller) => server.send(caller, operations.ReversePointsDocument, { input: { entryId: 'x' } }),
    scopes: ['points:reverse'],
  },
  holdPoints: {
    send: (server, caller, owner) =>
      server.send(caller, operations.HoldPointsDocument, { input: { ...onePointOf(owner), expiresInSeconds: 60 } }),
    scopes: ['points:spend'],
  },
  captureHold: {
    send: async (server, caller, owner) =>
      server.send(caller, operations.CaptureHoldDocument, { input: { hold: await holdOf(server, owner) } }),
    scopes: ['points:spend'],
  },
  releaseHold: {
    send: async (server, caller, owner) =>
      server.send(caller, operations.ReleaseHoldDocument, { input: { hold: await holdOf(server, owner) } }),
    scopes: ['points:spend'],
  },
  transferPoints: {
    send: (server, caller, { id }) =>
      server.send(caller, operations.TransferPointsDocument, {
        input: { from: { id }, to: { username: 'admin' }, points: 1 },
      }),
    scopes: ['points:transfer'],
  },
  applyPoints: {
    send: (server, caller, owner) =>
      server.send(caller, operations.ApplyPointsDocument, { input: { operations: [{ add: onePointOf(owner) }] } }),
    anyScopes: ['points:add', 'points:spend', 'points:transfer'],
  },
  resolvePoints: {
    send: (server, caller, { id }) =>
      server.send(caller, operations.ResolvePointsDocument, { input: { user: { id }, idempotencyKey: 'k' } }),
    anyScopes: ['points:add', 'points:spend', 'points:transfer'],
    isForOwner: true,
  },
};

export function onePointOf({ id }: User) {
  return { user: { id }, points: 1 };
}

async function holdOf(server: TestServer, owner: User): Promise<string> {
  const everything = await server.everything();
  await server.send(everything, operations.AddPointsDocument, { input: onePointOf(owner) });
  const input = { ...onePointOf(owner), expiresInSeconds: 60 };
  return (await server.send(everything, operations.HoldPointsDocument, { input })).data.change.hold.id;
}
