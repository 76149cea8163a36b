import { describe, expect } from 'vitest';
import { it } from '../../support/fixtures.js';
import type { Credential, IssuedToken, TestServer } from '../../support/server.js';
import { openClient } from '../../support/socket.js';
import { changesBy } from '../changes-by.js';
import { refusal } from '../ledger.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

async function transferred(server: TestServer) {
  const [giver, receiver] = [await server.user(), await server.user()];
  const { add, transfer } = changesBy(server, token);
  await add(giver.id, 10);
  const { debit, credit } = (await transfer(giver.id, receiver.id, 5, { idempotencyKey: 'k' })).data.change;
  return { giver, receiver, debit: debit.id, credit: credit.id };
}

describe('PointsEntry', () => {
  it('shows its counterpart with points:read, and to its user only who the other user is', async ({ server }) => {
    const { debit, credit, giver, receiver } = await transferred(server);
    const read = (by: Credential, id: string, field: string) =>
      server.send(by, `query ($id: ID!) { pointsEntry(id: $id) { ${field} } }`, { id });
    const reader = await server.token(['points:read']);
    expect((await read(reader, debit, 'counterpart { id }')).data).toEqual({
      pointsEntry: { counterpart: { id: credit } },
    });
    expect((await read(reader, credit, 'counterpart { id }')).data).toEqual({
      pointsEntry: { counterpart: { id: debit } },
    });
    for (const [user, id, other] of [
      [giver, debit, receiver],
      [receiver, credit, giver],
    ] as const) {
      const session = await server.session(user);
      expect((await read(session, id, 'delta counterpartUser { username }')).data.pointsEntry).toMatchObject({
        counterpartUser: { username: other.username },
      });
      const denied = await read(session, id, 'delta counterpart { delta }');
      expect(refusal(denied)).toMatchObject({ code: 'FORBIDDEN', coordinate: 'PointsEntry.counterpart' });
      const points = await read(session, id, 'counterpartUser { points pointsAvailable }');
      expect(points.data?.pointsEntry?.counterpartUser ?? null).toEqual({ points: null, pointsAvailable: null });
    }
    expect((await read(await server.session(giver), credit, 'delta')).status).toBe(403);
  });

  it('of a giver has the key, and that of a receiver has none', async ({ server }) => {
    const { debit, credit } = await transferred(server);
    const query = 'query ($id: ID!) { pointsEntry(id: $id) { idempotencyKey by { id } token { id } } }';
    const made = { by: { id: token.owner.id }, token: { id: token.id } };
    expect((await server.send(token, query, { id: debit })).data.pointsEntry).toEqual({ ...made, idempotencyKey: 'k' });
    expect((await server.send(token, query, { id: credit })).data.pointsEntry).toEqual({
      ...made,
      idempotencyKey: null,
    });
  });

  it('of a payload shows the hold that was captured, and the counterpart with points:read', async ({ server }) => {
    const { giver, receiver } = await transferred(server);
    const held = (await changesBy(server, token).hold(giver.id, 1)).data.change.hold.id;
    const capture = (field: string) =>
      `mutation ($input: CaptureHoldInput!) { captureHold(input: $input) { entry { ${field} } } }`;
    const input = { hold: held, to: { id: receiver.id } };
    const narrow = await server.token(['points:spend', 'points:transfer']);
    const denied = await server.send(narrow, capture('counterpart { delta }'), { input });
    expect(refusal(denied)).toMatchObject({ code: 'FORBIDDEN', missingScopes: ['POINTS_READ'] });
    const { data } = await server.send(narrow, capture('hold { id captured state }'), { input });
    expect(data).toEqual({ captureHold: { entry: { hold: { id: held, captured: 1, state: 'CAPTURED' } } } });
  });
});

describe('The entries of a transfer', () => {
  it('are found by their kinds', async ({ server }) => {
    const { giver, receiver, debit, credit } = await transferred(server);
    const history = `query ($id: ID!, $kinds: [PointsEntryKind!]) {
      user(by: { id: $id }) { pointsHistory(filter: { kinds: $kinds }) { nodes { id } } }
    }`;
    for (const [id, kind, entry] of [
      [giver.id, 'TRANSFER_OUT', debit],
      [receiver.id, 'TRANSFER_IN', credit],
    ] as const) {
      const { data } = await server.send(token, history, { id, kinds: [kind] });
      expect(data.user.pointsHistory.nodes).toEqual([{ id: entry }]);
    }
  });
});

describe('Subscription.pointsChanged', () => {
  it('sends a transfer, the capture of a hold and a reversal to both users, and nothing of holds', async ({
    server,
  }) => {
    const [giver, receiver] = [await server.user(), await server.user()];
    const client = openClient(server, token);
    const query = `subscription ($id: ID!) {
      pointsChanged(user: { id: $id }, after: 0) { sequence kind delta hold { id } counterpart { id } }
    }`;
    const [ofGiver, ofReceiver] = [giver, receiver].map(({ id }) => client.iterate({ query, variables: { id } }));
    const { add, hold, capture, release, reverse, transfer } = changesBy(server, token);
    await add(giver.id, 10);
    await release((await hold(giver.id, 1)).data.change.hold.id);
    const held = (await hold(giver.id, 3)).data.change.hold.id;
    const moved = (await transfer(giver.id, receiver.id, 2)).data.change;
    await capture(held, { to: { id: receiver.id } });
    await reverse(moved.credit.id);
    const next = async (entries: typeof ofGiver) => (await entries?.next())?.value?.data?.['pointsChanged'];
    const none = { hold: null, counterpart: null };
    const pairs = [
      [{ sequence: 1, kind: 'ADD', delta: 10, ...none }],
      [
        { sequence: 2, kind: 'TRANSFER_OUT', delta: -2, ...none, counterpart: { id: `${receiver.id}.1` } },
        { sequence: 1, kind: 'TRANSFER_IN', delta: 2, ...none, counterpart: { id: `${giver.id}.2` } },
      ],
      [
        { sequence: 3, kind: 'TRANSFER_OUT', delta: -3, hold: { id: held }, counterpart: { id: `${receiver.id}.2` } },
        { sequence: 2, kind: 'TRANSFER_IN', delta: 3, ...none, counterpart: { id: `${giver.id}.3` } },
      ],
      [
        { sequence: 4, kind: 'REVERSAL', delta: 2, ...none, counterpart: { id: `${receiver.id}.3` } },
        { sequence: 3, kind: 'REVERSAL', delta: -2, ...none, counterpart: { id: `${giver.id}.4` } },
      ],
    ];
    for (const [out, received] of pairs) {
      expect(await next(ofGiver)).toEqual(out);
      if (received !== undefined) expect(await next(ofReceiver)).toEqual(received);
    }
    await client.dispose();
  });
});
