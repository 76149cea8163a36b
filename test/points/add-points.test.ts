import { print } from 'graphql';
import { describe, expect } from 'vitest';
import { MAX_POINTS } from '../../src/points/limits.js';
import { AddPointsDocument, RevokeTokenDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken } from '../support/server.js';
import { keptLedger, refusal } from './ledger.js';

let adder: IssuedToken;
it.beforeAll(async ({ server }) => {
  adder = await server.token(['points:add']);
});

describe('Mutation.addPoints', () => {
  it('adds points, and returns the entry that it wrote', async ({ server }) => {
    const { id } = await server.user({ username: 'Bob' });
    await server.send(adder, AddPointsDocument, { input: { user: { id }, points: 2 } });
    const { data } = await server.send(adder, AddPointsDocument, {
      input: { user: { username: 'bOB' }, points: 5, reason: 'quiz' },
    });
    expect(data.change).toEqual({
      message: 'Successfully added 5 points to Bob',
      points: 7,
      replayed: false,
      user: { id, username: 'Bob', deletedAt: null },
      entry: {
        id: `${id}.2`,
        kind: 'ADD',
        delta: 5,
        balanceAfter: 7,
        sequence: 2,
        reason: 'quiz',
        createdAt: expect.stringMatching(/Z$/),
        user: { id },
        reverses: null,
      },
    });
    expect(await keptLedger(server, id)).toEqual({ points: 7, deltas: [2, 5] });
  });

  it('is exact up to a balance of 2^53-1, and refuses more with BALANCE_LIMIT', async ({ server }) => {
    const { id } = await server.user();
    const add = (points: number) => server.send(adder, AddPointsDocument, { input: { user: { id }, points } });
    expect((await add(MAX_POINTS - 2)).data.change.points).toBe(MAX_POINTS - 2);
    expect((await add(1)).data.change.entry.balanceAfter).toBe(MAX_POINTS - 1);
    expect(refusal(await add(2))).toEqual({ code: 'BALANCE_LIMIT', effect: 'NONE', replayed: false });
    expect(refusal(await add(MAX_POINTS))).toMatchObject({ code: 'BALANCE_LIMIT' });
    expect((await add(1)).data.change.points).toBe(MAX_POINTS);
    expect((await keptLedger(server, id)).points).toBe(MAX_POINTS);
  });

  it('loses nothing when a hundred requests add at once', async ({ server }) => {
    const { id, username } = await server.user();
    const responses = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        server.send(adder, AddPointsDocument, { input: { user: n % 2 === 0 ? { id } : { username }, points: n + 1 } }),
      ),
    );
    expect(responses.map(({ data }) => data.change.entry.sequence).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 100 }, (_, n) => n + 1),
    );
    expect((await keptLedger(server, id)).points).toBe(5_050);
  });

  it.for([
    ['an unknown name', { username: 'nobody' }],
    ['a name that no user can have', { username: 'no body' }],
    ['an unknown id', { id: '0193a0a0-0000-7000-8000-000000000000' }],
    ['an id that is not a UUID', { id: "'; drop table entries" }],
  ] as const)('is refused with USER_NOT_FOUND for %s', async ([_what, user], { server }) => {
    const response = await server.send(adder, AddPointsDocument, { input: { user, points: 1, idempotencyKey: 'k' } });
    expect(response.status).toBe(200);
    expect(response.data).toEqual({ change: null });
    expect(refusal(response)).toEqual({ code: 'USER_NOT_FOUND', effect: 'NONE', replayed: false });
  });

  it('is denied without a credential, without the scope, and after the token was revoked', async ({ server }) => {
    const { id } = await server.user();
    const input = { user: { id }, points: 1 };
    const others = await server.token(['points:spend', 'points:read', 'points:reverse', 'users:write']);
    const gone = await server.token(['points:add']);
    const revoker = await server.token(['tokens:revoke']);
    await server.send(revoker, RevokeTokenDocument, { input: { id: gone.id } });
    expect((await server.send(undefined, AddPointsDocument, { input })).status).toBe(401);
    expect((await server.send(gone, AddPointsDocument, { input })).status).toBe(401);
    const denied = await server.send(others, AddPointsDocument, { input });
    expect(denied.status).toBe(403);
    expect(refusal(denied)).toMatchObject({ code: 'FORBIDDEN', coordinate: 'Mutation.addPoints' });
    expect((await server.send(await server.session(), AddPointsDocument, { input })).status).toBe(403);
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  it.for([
    ['0 points', { points: 0 }, 'input.points'],
    ['an empty key', { idempotencyKey: '' }, 'input.idempotencyKey'],
    ['a key of 256 characters', { idempotencyKey: 'k'.repeat(256) }, 'input.idempotencyKey'],
    ['a key with NUL', { idempotencyKey: 'a\0b' }, 'input.idempotencyKey'],
    ['a key with a lone surrogate', { idempotencyKey: '\ud83d' }, 'input.idempotencyKey'],
    ['a reason of 501 characters', { reason: 'r'.repeat(501) }, 'input.reason'],
    ['a reason with NUL', { reason: '\0' }, 'input.reason'],
    ['a reason with a lone surrogate', { reason: '\udc00' }, 'input.reason'],
  ] as const)('refuses %s', async ([_what, change, field], { server }) => {
    const { id } = await server.user();
    const response = await server.send(adder, AddPointsDocument, { input: { user: { id }, points: 1, ...change } });
    expect(refusal(response)).toEqual({ code: 'BAD_USER_INPUT', field, effect: 'NONE' });
    expect((await keptLedger(server, id)).deltas).toEqual([]);
  });

  it.for(['-1', '0.5', '1e309', '9007199254740992', '"5"', 'true', 'null', '[1]', '1e-9', '{}'])(
    'rejects %s as a number of points, in a variable and in the document',
    async (points, { server }) => {
      const { id } = await server.user();
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          authorization: `Bearer ${adder.secret}`,
        },
        body: `{"query": ${JSON.stringify(print(AddPointsDocument))}, "variables": {"input": {"user": {"id": "${id}"}, "points": ${points}}}}`,
      });
      expect([response.status, (await response.json()).errors[0].extensions.code]).toEqual([400, 'BAD_USER_INPUT']);
      const inline = `mutation { addPoints(input: { user: { id: "${id}" }, points: ${points} }) { points } }`;
      expect((await server.send(adder, inline)).status).toBe(400);
      expect((await keptLedger(server, id)).deltas).toEqual([]);
    },
  );

  it('accepts reasons of 500 and keys of 255 characters, however many bytes these have', async ({ server }) => {
    const { id } = await server.user();
    const input = { user: { id }, points: 1, reason: '😀'.repeat(500), idempotencyKey: '😀'.repeat(255) };
    expect((await server.send(adder, AddPointsDocument, { input })).data.change.entry.reason).toBe(input.reason);
    expect((await server.send(adder, AddPointsDocument, { input })).data.change.replayed).toBe(true);
    const empty = { user: { id }, points: 1, reason: '' };
    expect((await server.send(adder, AddPointsDocument, { input: empty })).data.change.entry.reason).toBe('');
  });
});
