import { print } from 'graphql';
import { describe, expect } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import {
  ChangePostAddPointsAndUpdateUserDocument,
  ChangePostAndAddPointsDocument,
  ChangePostAndCreateUserDocument,
  ChangePostAndIssueTokenDocument,
  ChangePostAndUpdateUserDocument,
  type IssueTokenInput,
  RevokeCurrentTokenAndAddPointsDocument,
} from '../operations/generated.js';
import { openSocket } from '../support/socket.js';
import { errorAt, FIRST_DATA, it } from './endings.js';

describe('Between two fields of a mutation', () => {
  it('a token that revokes itself adds no points afterwards', async ({ server, stage }) => {
    const token = await server.token(SCOPES);
    const user = { id: token.owner.id };
    const response = await server.send(token, RevokeCurrentTokenAndAddPointsDocument, { user });
    expect(response.status).toBe(200);
    expect(response.data).toEqual({ first: { token: { state: 'REVOKED' } }, next: null });
    expect(errorAt(response, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED', effect: 'NONE' });
    expect(await stage.points(token.owner)).toBe('0');
  });

  it('a token that is revoked adds no points; the field before it stays done', async ({ server, stage }) => {
    const token = await server.token(SCOPES);
    const user = { id: token.owner.id };
    const response = await stage.endBetween(
      (post) => server.send(token, ChangePostAndAddPointsDocument, { post, user }),
      () => stage.revoke(token.id),
    );
    expect(response.data).toEqual({ first: FIRST_DATA, next: null, last: null });
    for (const alias of ['next', 'last']) {
      expect(errorAt(response, alias)).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED', effect: 'NONE' });
    }
    expect(await stage.points(token.owner)).toBe('0');
  });

  it('a token that is revoked issues no other token', async ({ server, stage }) => {
    const token = await server.token(SCOPES);
    const successor: IssueTokenInput = { name: 'successor', scopes: ['TOKENS_ISSUE'] };
    const response = await stage.endBetween(
      (post) => server.send(token, ChangePostAndIssueTokenDocument, { post, token: successor }),
      () => stage.revoke(token.id),
    );
    expect(response.data.next).toBeNull();
    expect(errorAt(response, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
    expect(await stage.countOf('select 1 from tokens where owner_id = $1', [token.owner.id])).toBe(1);
  });

  it('a token that is rotated without an overlap creates no user, since it has expired', async ({ server, stage }) => {
    const token = await server.token(SCOPES);
    const response = await stage.endBetween(
      (post) => server.send(token, ChangePostAndCreateUserDocument, { post, username: 'late' }),
      () => stage.rotate(token.id),
    );
    expect(errorAt(response, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_EXPIRED' });
    expect(await stage.countOf('select 1 from users where username = $1', ['late'])).toBe(0);
  });

  it.for(['logged out', 'deleted'])(
    'an administrator who was %s cannot become one again',
    async (how, { server, stage }) => {
      const session = await server.session(await server.user({ role: 'ADMIN' }));
      const { user } = session;
      const response = await stage.endBetween(
        (post) =>
          server.send(session, ChangePostAndUpdateUserDocument, {
            post,
            user: { user: { id: user.id }, role: 'ADMIN' },
          }),
        async () => {
          if (how === 'deleted') return await stage.remove(user);
          expect((await stage.demote(user)).errors).toBeUndefined();
          return await stage.logOut(session);
        },
      );
      expect(response.data.next).toBeNull();
      expect(errorAt(response, 'next')).toEqual({ code: 'UNAUTHENTICATED', reason: 'TOKEN_REVOKED' });
      expect(await stage.roleOf(user)).toBe('USER');
    },
  );

  it('an administrator who is demoted is denied every field that follows', async ({ server, stage }) => {
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const other = await server.user();
    const response = await stage.endBetween(
      (post) =>
        server.send(session, ChangePostAddPointsAndUpdateUserDocument, {
          post,
          points: { user: { id: other.id }, points: 7 },
          user: { user: { id: session.user.id }, role: 'ADMIN' },
        }),
      () => stage.demote(session.user),
    );
    expect(response.data).toEqual({ first: FIRST_DATA, next: null, last: null });
    expect(errorAt(response, 'next')).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.addPoints',
      missingScopes: ['POINTS_ADD'],
      effect: 'NONE',
    });
    expect(errorAt(response, 'last')?.['code']).toBe('FORBIDDEN');
    expect(await stage.points(other)).toBe('0');
    expect(await stage.roleOf(session.user)).toBe('USER');
  });

  it('a WebSocket whose token is revoked is closed with 4401, and nothing more is changed', async ({
    server,
    stage,
  }) => {
    const token = await server.token(SCOPES);
    const { id } = await server.post(await server.user());
    const held = await stage.holdFirst();
    const socket = await openSocket(server);
    await socket.init(token);
    socket.subscribe('1', print(ChangePostAndAddPointsDocument), { post: id, user: { id: token.owner.id } });
    await held.reached();
    await stage.revoke(token.id);
    await held.release();
    expect((await socket.closed).code).toBe(4401);
    expect(await stage.points(token.owner)).toBe('0');
  });

  it('an administrator who is demoted is denied what follows, over a WebSocket too', async ({ server, stage }) => {
    const session = await server.session(await server.user({ role: 'ADMIN' }));
    const { id } = await server.post(await server.user());
    const held = await stage.holdFirst();
    const socket = await openSocket(server);
    await socket.init(session);
    socket.subscribe('1', print(ChangePostAndCreateUserDocument), { post: id, username: 'by-socket' });
    await held.reached();
    await stage.demote(session.user);
    await held.release();
    const response = await socket.next();
    socket.socket.close();
    expect(response?.payload.data).toEqual({ first: FIRST_DATA, next: null });
    expect(response?.payload.errors[0].extensions).toMatchObject({
      code: 'FORBIDDEN',
      coordinate: 'Mutation.createUser',
    });
    expect(await stage.countOf('select 1 from users where username = $1', ['by-socket'])).toBe(0);
  });
});
