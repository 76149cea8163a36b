import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  PointsEntryDeltaDocument,
  PointsEntryDocument,
  ReversePointsDocument,
  RevokeTokenDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { Credential, TestServer } from '../support/server.js';
import { refusal } from './ledger.js';

async function addTo(server: TestServer, by: Credential, userId: string, idempotencyKey?: string) {
  const input = { user: { id: userId }, points: 5, ...(idempotencyKey && { idempotencyKey }) };
  return (await server.send(by, AddPointsDocument, { input })).data.change.entry;
}

const read = (server: TestServer, by: Credential, id: string) => server.send(by, PointsEntryDocument, { id });

describe('Query.pointsEntry', () => {
  it('returns an entry, who made it, with which token and under which key', async ({ server }) => {
    const token = await server.everything();
    const { id: userId } = await server.user();
    const { id } = await addTo(server, token, userId, 'order 1234');
    expect((await read(server, token, id)).data.pointsEntry).toEqual({
      id,
      user: { id: userId },
      kind: 'ADD',
      delta: 5,
      sequence: 1,
      reverses: null,
      reversedBy: null,
      by: { id: token.owner.id },
      token: { id: token.id },
      idempotencyKey: 'order 1234',
    });
  });

  it('returns no token for a change that was made in a session, and no key where none was given', async ({
    server,
  }) => {
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const { id } = await addTo(server, session, session.user.id);
    const { by, token, idempotencyKey } = (await read(server, session, id)).data.pointsEntry ?? {};
    expect({ by, token, idempotencyKey }).toEqual({ by: { id: session.user.id }, token: null, idempotencyKey: null });
  });

  it('returns the entry that reverses it, and the one that it reverses', async ({ server }) => {
    const token = await server.everything();
    const { id } = await addTo(server, token, token.owner.id);
    const { data } = await server.send(token, ReversePointsDocument, { input: { entryId: id } });
    const reversal = data.change.entry.id;
    expect((await read(server, token, id)).data.pointsEntry?.reversedBy).toEqual({ id: reversal });
    expect((await read(server, token, reversal)).data.pointsEntry?.reverses).toEqual({ id });
  });

  it('returns who added the points first where the change is repeated by another token of the same owner', async ({
    server,
  }) => {
    const first = await server.everything();
    const second = await server.token(['points:add', 'points:read', 'users:read', 'tokens:read'], first.owner);
    const entry = await addTo(server, first, first.owner.id, 'once');
    expect((await addTo(server, second, first.owner.id, 'once')).id).toBe(entry.id);
    expect((await read(server, second, entry.id)).data.pointsEntry?.token).toEqual({ id: first.id });
  });

  it('returns null where there is no such entry', async ({ server }) => {
    const token = await server.everything();
    const { id } = await addTo(server, token, token.owner.id);
    for (const none of [`${token.owner.id}.2`, `${id}0000000`, id.replace('.', ':'), token.owner.id, '', '1']) {
      const { data, errors } = await read(server, token, none);
      expect({ none, errors, entry: data.pointsEntry }).toEqual({ none, errors: undefined, entry: null });
    }
  });

  it('is for points:read and for the user of the entry', async ({ server }) => {
    const token = await server.everything();
    const [own, other] = [await server.session(), await server.session()];
    const { id } = await addTo(server, token, own.user.id);
    const bare = (by: Credential) => server.send(by, PointsEntryDeltaDocument, { id });
    expect((await bare(own)).data).toEqual({ pointsEntry: { delta: 5 } });
    expect((await bare(await server.token(['points:read']))).data).toEqual({ pointsEntry: { delta: 5 } });
    expect(refusal(await bare(other))).toMatchObject({ code: 'FORBIDDEN' });
    expect(refusal(await bare(await server.token(['points:add'])))).toMatchObject({
      code: 'FORBIDDEN',
      missingScopes: ['POINTS_READ'],
    });
    expect(refusal(await bare(undefined))).toMatchObject({ code: 'UNAUTHENTICATED' });
    const revoked = await server.token(['points:read']);
    await server.send(token, RevokeTokenDocument, { input: { id: revoked.id } });
    expect(refusal(await bare(revoked))).toMatchObject({ code: 'UNAUTHENTICATED' });
  });
});

describe('PointsEntry', () => {
  it.for([
    ['by { username }', 'users:read', 'USERS_READ'],
    ['token { name }', 'tokens:read', 'TOKENS_READ'],
    ['idempotencyKey', 'points:read', 'POINTS_READ'],
  ] as const)('shows %s with %s alone', async ([field, scope, missing], { server }) => {
    const { id } = await server.user();
    const add = `mutation ($id: ID!) { addPoints(input: { user: { id: $id }, points: 1, idempotencyKey: "k" }) { entry { ${field} } } }`;
    const without = await server.token(['points:add']);
    expect(refusal(await server.send(without, add, { id }))).toMatchObject({
      code: 'FORBIDDEN',
      missingScopes: [missing],
    });
    const allowed = await server.send(await server.token(['points:add', scope]), add, { id });
    expect(allowed.errors).toBeUndefined();
  });
});
