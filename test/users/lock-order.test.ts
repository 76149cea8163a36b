import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SCOPES } from '../../src/auth/scope.js';
import { startServer, type TestServer } from '../support/server.js';

/** Each pair runs on two nodes, where no queue of one process keeps them apart: only the order of locks does. */
describe('Opposite changes at once', () => {
  let nodes: readonly [TestServer, TestServer];
  beforeAll(async () => {
    const one = await startServer();
    nodes = [one, await startServer({ DATABASE_URL: one.database.url })];
  });
  afterAll(async () => {
    await nodes[1].close();
    await nodes[0].close();
  });

  type Change = readonly [credential: { readonly secret: string }, field: string];
  const ROUNDS = 12;

  const demote = (id: string) => `updateUser(input: { user: { id: "${id}" }, role: USER }) { user { id } }`;
  const remove = (id: string) => `deleteUser(input: { user: { id: "${id}" } }) { deletedUserId }`;
  const rotate = (id: string) => `rotateToken(input: { id: "${id}", overlapSeconds: 60 }) { secret }`;
  const issue = (id: string) =>
    `issueToken(input: { name: "n", scopes: [POSTS_READ], owner: { id: "${id}" } }) { secret }`;
  const setPassword = (id: string) =>
    `setPassword(input: { user: { id: "${id}" }, password: "a new Password" }) { user { id } }`;
  const endSessions = (id: string) => `revokeSessions(input: { user: { id: "${id}" } }) { count }`;

  const [admin, token] = [
    async () => await nodes[0].session(await nodes[0].user({ role: 'ADMIN' })),
    async () => await nodes[0].token(SCOPES),
  ];

  const PAIRS: readonly [string, () => Promise<readonly Change[]>][] = [
    [
      'two administrators demote each other',
      async () => {
        const [one, other] = [await admin(), await admin()];
        return [
          [one, demote(other.user.id)],
          [other, demote(one.user.id)],
        ];
      },
    ],
    [
      'two tokens delete each other’s owner',
      async () => {
        const [one, other] = [await token(), await token()];
        return [
          [one, remove(other.owner.id)],
          [other, remove(one.owner.id)],
        ];
      },
    ],
    [
      'two tokens rotate each other',
      async () => {
        const [one, other] = [await token(), await token()];
        return [
          [one, rotate(other.id)],
          [other, rotate(one.id)],
        ];
      },
    ],
    [
      'a token deletes its own owner while it issues a token to them',
      async () => {
        const one = await token();
        return [
          [one, remove(one.owner.id)],
          [one, issue(one.owner.id)],
          [one, rotate(one.id)],
        ];
      },
    ],
    [
      'two administrators set each other’s password and end each other’s sessions',
      async () => {
        const [one, other] = [await admin(), await admin()];
        return [
          [one, setPassword(other.user.id)],
          [other, setPassword(one.user.id)],
          [one, endSessions(other.user.id)],
          [other, endSessions(one.user.id)],
        ];
      },
    ],
    [
      'an administrator deletes a user, whose token deletes the administrator',
      async () => {
        const [one, other] = [await admin(), await token()];
        return [
          [one, remove(other.owner.id)],
          [other, remove(one.user.id)],
        ];
      },
    ],
  ];

  it.each(PAIRS)('get an answer each where %s', async (_name, prepare) => {
    for (let round = 0; round < ROUNDS; round++) {
      const changes = await prepare();
      const answers = await Promise.all(
        changes.map(([credential, field], index) =>
          (nodes[(index + round) % 2] ?? nodes[0]).send(credential, `mutation { ${field} }`),
        ),
      );
      const codes = answers.map(({ errors }) => errors?.[0]?.extensions['code']);
      const expected = [undefined, 'UNAUTHENTICATED', 'FORBIDDEN', 'USER_NOT_FOUND', 'BAD_USER_INPUT'];
      expect(codes.filter((code) => !expected.includes(code as string | undefined))).toEqual([]);
      expect(codes).toContain(undefined);
    }
  });
});
