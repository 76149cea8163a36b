import { describe, expect } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import { openSocket } from '../support/socket.js';
import { errorAt, FIRST, FIRST_ANSWER, it } from './endings.js';

describe('Between two fields of a mutation', () => {
  it('a token that revokes itself adds no points any more', async ({ server, stage }) => {
    const token = await server.token(SCOPES);
    const answer = await server.send(
      token,
      `mutation {
        first: revokeCurrentToken { token { state } }
        next: addPoints(input: { user: { id: "${token.owner.id}" }, points: 7 }) { message }
      }`,
    );
    expect(answer.status).toBe(200);
    expect(answer.data).toEqual({ first: { token: { state: 'REVOKED' } }, next: null });
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED', effect: 'NONE' });
    expect(await stage.points(token.owner)).toBe('0');
  });

  it('a revoked token adds no more points; what came before stands', async ({ server, stage }) => {
    const token = await server.token(SCOPES);
    const add = (alias: string) =>
      `${alias}: addPoints(input: { user: { id: "${token.owner.id}" }, points: 7 }) { points }`;
    const answer = await stage.endBetween(token, `${add('next')} ${add('last')}`, () => stage.revoke(token.id));
    expect(answer.data).toEqual({ first: FIRST_ANSWER, next: null, last: null });
    for (const alias of ['next', 'last']) {
      expect(errorAt(answer, alias)).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED', effect: 'NONE' });
    }
    expect(await stage.points(token.owner)).toBe('0');
  });

  it('a revoked token issues no successor', async ({ server, stage }) => {
    const token = await server.token(SCOPES);
    const answer = await stage.endBetween(
      token,
      'next: issueToken(input: { name: "successor", scopes: [TOKENS_ISSUE] }) { secret }',
      () => stage.revoke(token.id),
    );
    expect(answer.data.next).toBeNull();
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stage.countOf('select 1 from tokens where owner_id = $1', [token.owner.id])).toBe(1);
  });

  it('a token that was rotated without an overlap has expired', async ({ server, stage }) => {
    const token = await server.token(SCOPES);
    const answer = await stage.endBetween(token, 'next: createUser(input: { username: "late" }) { user { id } }', () =>
      stage.rotate(token.id),
    );
    expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' });
    expect(await stage.countOf('select 1 from users where username = $1', ['late'])).toBe(0);
  });

  it.for(['logged out', 'deleted'])(
    'an administrator who was %s does not make themself one again',
    async (how, { server, stage }) => {
      const session = await server.session(await server.user({ role: 'ADMIN' }));
      const { user } = session;
      const answer = await stage.endBetween(
        session,
        `next: updateUser(input: { user: { id: "${user.id}" }, role: ADMIN }) { user { role } }`,
        async () => {
          if (how === 'deleted') return await stage.remove(user);
          expect((await stage.demote(user)).errors).toBeUndefined();
          return await stage.logOut(session);
        },
      );
      expect(answer.data.next).toBeNull();
      expect(errorAt(answer, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
      expect(await stage.roleOf(user)).toBe('USER');
    },
  );

  it('an administrator who was demoted is denied what follows, as a whole', async ({ server, stage }) => {
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const other = await server.user();
    const answer = await stage.endBetween(
      session,
      `next: addPoints(input: { user: { id: "${other.id}" }, points: 7 }) { points }
       last: updateUser(input: { user: { id: "${session.user.id}" }, role: ADMIN }) { user { role } }`,
      () => stage.demote(session.user),
    );
    expect(answer.data).toEqual({ first: FIRST_ANSWER, next: null, last: null });
    expect(errorAt(answer, 'next')).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.addPoints',
      missingScopes: ['POINTS_ADD'],
      effect: 'NONE',
    });
    expect(errorAt(answer, 'last')?.['code']).toBe('FORBIDDEN');
    expect(await stage.points(other)).toBe('0');
    expect(await stage.roleOf(session.user)).toBe('USER');
  });

  it('a WebSocket whose token was revoked is closed with 4401, and nothing more is changed', async ({
    server,
    stage,
  }) => {
    const token = await server.token(SCOPES);
    const { id } = await server.post(await server.user());
    const held = await stage.holdFirst();
    const socket = await openSocket(server);
    await socket.init(token);
    socket.subscribe(
      '1',
      `mutation {
        ${FIRST(id)}
        next: addPoints(input: { user: { id: "${token.owner.id}" }, points: 7 }) { points }
      }`,
    );
    await held.reached();
    await stage.revoke(token.id);
    await held.release();
    expect((await socket.closed).code).toBe(4401);
    expect(await stage.points(token.owner)).toBe('0');
  });

  it('a WebSocket whose user was demoted denies what follows', async ({ server, stage }) => {
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const { id } = await server.post(await server.user());
    const held = await stage.holdFirst();
    const socket = await openSocket(server);
    await socket.init(session);
    socket.subscribe(
      '1',
      `mutation {
        ${FIRST(id)}
        next: createUser(input: { username: "by-socket" }) { user { id } }
      }`,
    );
    await held.reached();
    await stage.demote(session.user);
    await held.release();
    const answer = await socket.next();
    socket.socket.close();
    expect(answer?.payload.data).toEqual({ first: FIRST_ANSWER, next: null });
    expect(answer?.payload.errors[0].extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.createUser',
    });
    expect(await stage.countOf('select 1 from users where username = $1', ['by-socket'])).toBe(0);
  });
});
