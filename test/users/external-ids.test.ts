import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  ApplyPointsDocument,
  AuditLogDocument,
  CreatePostDocument,
  DeleteUserDocument,
  type ExternalIdInput,
  IssueTokenDocument,
  LinkExternalIdDocument,
  PointsChangedDocument,
  PointsDocument,
  PostsDocument,
  ResolvePointsDocument,
  RevokeSessionsDocument,
  SessionsDocument,
  SetPasswordDocument,
  SpendPointsDocument,
  TokensDocument,
  UpdateUserDocument,
  type UserBy,
  UserDocument,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { Credential, IssuedToken, TestResponse, TestServer } from '../support/server.js';
import { openSocket } from '../support/socket.js';

let everything: IssuedToken;
it.beforeAll(async ({ server }) => {
  everything = await server.everything();
});

type Send = (server: TestServer, by: Credential, user: UserBy) => Promise<Pick<TestResponse, 'data' | 'errors'>>;

/** What comes first over a WebSocket: an event, or the errors. */
async function firstEvent(server: TestServer, by: Credential, user: UserBy) {
  const socket = await openSocket(server);
  await socket.init(by);
  socket.subscribe('1', PointsChangedDocument, { user, after: 0 });
  const first = await socket.next();
  socket.socket.close();
  return { data: first?.payload, errors: first?.type === 'error' ? first.payload : undefined };
}

/** The fields that name a user by `UserBy`, with the path of the argument. The one that deletes the user comes last. */
const FIELDS: readonly [field: string, path: string, send: Send][] = [
  ['Query.user', 'by', (server, by, user) => server.send(by, UserDocument, { by: user })],
  ['Query.posts', 'author', (server, by, user) => server.send(by, PostsDocument, { author: user })],
  ['Query.tokens', 'owner', (server, by, user) => server.send(by, TokensDocument, { owner: user })],
  ['Query.sessions', 'user', (server, by, user) => server.send(by, SessionsDocument, { user })],
  ['Query.auditLog', 'user', (server, by, user) => server.send(by, AuditLogDocument, { user })],
  [
    'Mutation.addPoints',
    'input.user',
    (server, by, user) => server.send(by, AddPointsDocument, { input: { user, points: 1 } }),
  ],
  [
    'Mutation.spendPoints',
    'input.user',
    (server, by, user) => server.send(by, SpendPointsDocument, { input: { user, points: 1 } }),
  ],
  [
    'Mutation.applyPoints',
    'input.operations.0.add.user',
    (server, by, user) =>
      server.send(by, ApplyPointsDocument, { input: { operations: [{ add: { user, points: 1 } }] } }),
  ],
  [
    'Mutation.resolvePoints',
    'input.user',
    (server, by, user) => server.send(by, ResolvePointsDocument, { input: { user, idempotencyKey: 'known' } }),
  ],
  [
    'Mutation.createPost',
    'input.author',
    (server, by, user) => server.send(by, CreatePostDocument, { input: { author: user, title: 't', body: '' } }),
  ],
  [
    'Mutation.issueToken',
    'input.owner',
    (server, by, user) =>
      server.send(by, IssueTokenDocument, { input: { owner: user, name: 'n', scopes: ['POSTS_READ'] } }),
  ],
  [
    'Mutation.setPassword',
    'input.user',
    (server, by, user) => server.send(by, SetPasswordDocument, { user, password: 'correct horse battery' }),
  ],
  [
    'Mutation.linkExternalId',
    'input.user',
    (server, by, user) =>
      server.send(by, LinkExternalIdDocument, { input: { user, external: { issuer: 'other', id: 'x' } } }),
  ],
  ['Mutation.updateUser', 'input.user', (server, by, user) => server.send(by, UpdateUserDocument, { input: { user } })],
  ['Subscription.pointsChanged', 'user', firstEvent],
  ['Mutation.revokeSessions', 'input.user', revokeSessions],
  ['Mutation.deleteUser', 'input.user', (server, by, user) => server.send(by, DeleteUserDocument, { user })],
];

/** A field for sessions only: an ADMIN sends it. */
async function revokeSessions(server: TestServer, _by: Credential, user: UserBy) {
  const admin = await server.session(await server.user({ role: 'ADMIN' }));
  return await server.send(admin, RevokeSessionsDocument, { user });
}

describe('A user who is named by an id in another system', () => {
  const external: ExternalIdInput = { issuer: 'shop.example.com', id: 'Customer:7' };
  let named: { id: string; username: string };
  it.beforeAll(async ({ server }) => {
    const user = await server.user({ username: 'customer-seven', externalIds: [external] });
    named = user;
    const input = { user: { id: named.id }, points: 100, idempotencyKey: 'known' };
    await server.send(everything, AddPointsDocument, { input });
    await server.send(everything, CreatePostDocument, { input: { author: { id: named.id }, title: 't', body: '' } });
    await server.session(user);
    await server.token(['posts:read'], user);
  });
  const tells = (response: Pick<TestResponse, 'data' | 'errors'>) => {
    const text = JSON.stringify(response.data ?? null);
    return text.includes(named.id) || text.includes(named.username);
  };

  it.for(FIELDS)(
    'is refused by %s for what cannot be such an id, which names the argument',
    async ([, path, send], { server }) => {
      for (const [part, unfit] of [
        ['issuer', { ...external, issuer: 'Shop' }],
        ['id', { ...external, id: '' }],
      ] as const) {
        const { errors } = await send(server, everything, { external: unfit });
        const field = `${path}.external.${part}`;
        expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field } }]);
      }
    },
  );

  it.for(FIELDS)(
    'is not found by %s under an id in another case, or of another issuer',
    async ([, , send], { server }) => {
      for (const other of [
        { ...external, id: 'customer:7' },
        { ...external, issuer: 'shop' },
      ]) {
        expect(tells(await send(server, everything, { external: other }))).toBe(false);
      }
    },
  );

  it.for(FIELDS)('is found by %s', async ([, , send], { server }) => {
    const response = await send(server, everything, { external });
    expect(response.errors).toBeUndefined();
    expect(tells(response)).toBe(true);
  });
});

describe('An id in another system', () => {
  it('is compared to the letter', async ({ server }) => {
    const ids = ['Ann', 'ann', 'ann ', ' ann', '\u00e4nn', 'a\u0308nn', 'ann\u200b', 'a:nn', '\u{1f600}'.repeat(255)];
    const users = await Promise.all(ids.map((id) => server.user({ externalIds: [{ issuer: 'letters', id }] })));
    for (const [index, id] of ids.entries()) {
      const { data } = await server.send(everything, UserDocument, { by: { external: { issuer: 'letters', id } } });
      expect(data.user.id, JSON.stringify(id)).toBe(users[index]?.id);
    }
    const absent = await server.send(everything, UserDocument, { by: { external: { issuer: 'letters', id: 'ANN' } } });
    expect(absent.data.user).toBeNull();
  });

  it.for<[what: string, part: 'issuer' | 'id', value: string]>([
    ['no issuer', 'issuer', ''],
    ['an issuer in upper case', 'issuer', 'Twitch'],
    ['an issuer of 65 characters', 'issuer', 'a'.repeat(65)],
    ['an issuer with a colon', 'issuer', 'https://twitch'],
    ['an issuer with a line break at its end', 'issuer', 'twitch\n'],
    ['no id', 'id', ''],
    ['an id of 256 characters', 'id', 'x'.repeat(256)],
    ['an id with NUL', 'id', '1\0'],
    ['an id with half of a surrogate pair', 'id', '\ud800'],
  ])('is refused with %s', async ([, part, value], { server }) => {
    const external = { issuer: 'twitch', id: '1', [part]: value };
    const refused = { code: 'BAD_USER_INPUT', field: `input.user.external.${part}`, effect: 'NONE' };
    const added = await server.send(everything, AddPointsDocument, { input: { user: { external }, points: 1 } });
    expect(added.errors).toMatchObject([{ extensions: refused }]);
    const { id } = await server.user();
    const linked = await server.send(everything, LinkExternalIdDocument, { input: { user: { id }, external } });
    expect(linked.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', field: `input.external.${part}` } }]);
  });

  it('finds the points of a user together with the user', async ({ server }) => {
    const external = { issuer: 'points', id: '1' };
    await server.user({ externalIds: [external] });
    await server.send(everything, AddPointsDocument, { input: { user: { external }, points: 3 } });
    expect((await server.send(everything, PointsDocument, { user: { external } })).data.user.points).toBe(3);
  });
});
