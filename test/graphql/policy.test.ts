import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSession, type Session } from '../support/postgres-session.js';
import { type Answer, type LoggedIn, startServer, type TestServer } from '../support/server.js';

let server: TestServer;
let holder: Session;
let author: LoggedIn;
let id: string;
beforeAll(async () => {
  server = await startServer();
  holder = await openSession(server.database);
  author = await server.session();
  id = (await server.post(author.user)).id;
});
beforeEach(() => {
  server.log.length = 0;
});
afterAll(async () => {
  await holder.end();
  await server.close();
});

/** By the author, who lacks the scope, so that the owner of the post has to be looked up. */
const rename = async () =>
  await server.send(
    author,
    'mutation ($id: ID!) { updatePost(input: { id: $id, title: "renamed" }) { post { id } } }',
    {
      id,
    },
  );

const titleOf = async () => (await server.database.query('select title from posts where id = $1', [id]))[0]?.['title'];

/** The failed look-ups in the log. */
const logged = () => server.log.map((line) => JSON.parse(line)).filter(({ event }) => event === 'owner_lookup_failed');

describe('An owner that could not be looked up', () => {
  it('is a denial: 500, nothing ran, and the log has the cause with the request id that the client gets', async () => {
    await server.database.query('alter table posts rename column author_id to lost');
    const { status, headers, data, errors } = await rename();
    await server.database.query('alter table posts rename column lost to author_id');

    const requestId = headers.get('x-request-id');
    expect({ status, data }).toEqual({ status: 500, data: undefined });
    expect(errors).toMatchObject([
      { extensions: { code: 'INTERNAL_SERVER_ERROR', coordinate: 'Mutation.updatePost', requestId } },
    ]);
    expect(headers.get('www-authenticate')).toBeNull();
    expect(logged()).toMatchObject([
      { level: 50, requestId, coordinate: 'Mutation.updatePost', err: { cause: { sqlState: '42703' } } },
    ]);
    expect(await titleOf()).toBe('a title');
  });

  it('because the database went away is a denial for now: 503, to be retried', async () => {
    const { status, headers, data, errors } = await cutWhileLookedUp(rename);

    const requestId = headers.get('x-request-id');
    expect({ status, data }).toEqual({ status: 503, data: undefined });
    expect(errors).toMatchObject([
      { extensions: { code: 'UNAVAILABLE', coordinate: 'Mutation.updatePost', requestId, retryAfterSeconds: 1 } },
    ]);
    expect(headers.get('retry-after')).toBe('1');
    expect(headers.get('www-authenticate')).toBeNull();
    expect(logged()).toMatchObject([{ requestId, coordinate: 'Mutation.updatePost' }]);
    expect(await titleOf()).toBe('a title');
  });

  it('is found again once the database is back', async () => {
    expect((await rename()).data).toEqual({ updatePost: { post: { id } } });
    expect(await titleOf()).toBe('renamed');
    expect(logged()).toEqual([]);
  });
});

/** Lets the look-up wait for the posts, and ends its connection there. */
async function cutWhileLookedUp(ask: () => Promise<Answer>): Promise<Answer> {
  await holder.query('begin');
  await holder.query('lock table posts in access exclusive mode');
  const answer = ask();
  for (let ended: unknown[] = []; ended.length === 0; ) {
    ended = await server.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where wait_event_type = 'Lock' and query like '%posts%' and datname = current_database()`,
    );
  }
  await holder.query('rollback');
  return await answer;
}
