import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { User } from '../../src/users/user.js';
import { type IssuedToken, startServer, type TestServer } from '../support/server.js';

describe('Rows that somebody else has locked', () => {
  let server: TestServer;
  let token: IssuedToken;
  let locked: User;
  let other: User;
  let holder: pg.Client;
  beforeAll(async () => {
    server = await startServer();
    token = await server.everything();
    [locked, other] = [await server.user(), await server.user()];
    holder = new pg.Client({ connectionString: server.database.url });
    await holder.connect();
    await holder.query('begin');
    await holder.query('select 1 from users where id = $1 for update', [locked.id]);
  });
  afterAll(async () => {
    await holder.end();
    await server.close();
  });

  const rename = (user: User) =>
    server.send(
      token,
      'mutation ($user: UserBy!) { updateUser(input: { user: $user, username: "renamed" }) { user { id } } }',
      {
        user: { id: user.id },
      },
    );

  it('cost one connection, however many ask for them: others are served meanwhile', async () => {
    const waiting = Array.from({ length: 30 }, () => rename(locked));
    let isAnyAnswered = false;
    void Promise.any(waiting).then(() => {
      isAnyAnswered = true;
    });
    for (let count = 0; count < 5; count++) {
      expect((await server.send(token, '{ users { nodes { id } } }')).errors).toBeUndefined();
    }
    expect((await rename(other)).errors).toBeUndefined();
    expect(isAnyAnswered).toBe(false);

    await holder.query('rollback');
    const codes = (await Promise.all(waiting)).map(({ errors }) => errors?.[0]?.extensions['code']);
    expect(new Set(codes)).toEqual(new Set(['USERNAME_TAKEN']));
  });

  it('let as many wait for their turn as come: none is refused for being one of many', async () => {
    const query = `mutation { issueToken(input: { name: "many", scopes: [USERS_READ], owner: { id: "${other.id}" } }) { secret } }`;
    const answers = await Promise.all(Array.from({ length: 150 }, () => server.send(token, query)));
    expect(answers.flatMap(({ errors = [] }) => errors)).toEqual([]);
    expect(new Set(answers.map(({ data }) => data.issueToken.secret)).size).toBe(150);
  });

  it('are not waited for long', async () => {
    await holder.query('begin');
    await holder.query('select 1 from users where id = $1 for update', [locked.id]);
    const answer = await rename(locked);
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'OVERLOADED', retryAfterSeconds: 1 });
    expect(answer.headers.get('retry-after')).toBe('1');
    await holder.query('rollback');
  });
});
