import { afterAll, describe, expect } from 'vitest';
import { UpdatePostDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { openSession, type Session } from '../support/postgres-session.js';
import type { LoggedIn, TestResponse, TestServer } from '../support/server.js';

let holder: Session;
let author: LoggedIn;
let id: string;
it.beforeAll(async ({ server }) => {
  holder = await openSession(server.database);
  author = await server.session();
  id = (await server.post(author.user)).id;
});
it.beforeEach(({ server }) => {
  server.log.length = 0;
});
afterAll(() => holder.end());

/** By the author, who lacks the scope, so that the owner of the post has to be looked up. */
const rename = async (server: TestServer) =>
  await server.send(author, UpdatePostDocument, { input: { id, title: 'renamed' } });

const titleOf = async (server: TestServer) =>
  (await server.database.query('select title from posts where id = $1', [id]))[0]?.['title'];

/** The failed look-ups in the log. */
const logged = (server: TestServer) =>
  server.log.map((line) => JSON.parse(line)).filter(({ event }) => event === 'owner_lookup_failed');

describe('An owner that could not be looked up', () => {
  it('denies the operation: 500, nothing runs, and the log has the cause and the request id of the response', async ({
    server,
  }) => {
    await server.database.query('alter table posts rename column author_id to lost');
    const { status, headers, data, errors } = await rename(server);
    await server.database.query('alter table posts rename column lost to author_id');

    const requestId = headers.get('x-request-id');
    expect({ status, data }).toEqual({ status: 500, data: undefined });
    expect(errors).toMatchObject([
      { extensions: { code: 'INTERNAL_SERVER_ERROR', coordinate: 'Mutation.updatePost', requestId } },
    ]);
    expect(headers.get('www-authenticate')).toBeNull();
    expect(logged(server)).toMatchObject([
      { level: 50, requestId, coordinate: 'Mutation.updatePost', err: { cause: { sqlState: '42703' } } },
    ]);
    expect(await titleOf(server)).toBe('a title');
  });

  it('because the connection was lost denies the operation with 503, to be retried', async ({ server }) => {
    const { status, headers, data, errors } = await cutWhileLookedUp(server, () => rename(server));

    const requestId = headers.get('x-request-id');
    expect({ status, data }).toEqual({ status: 503, data: undefined });
    expect(errors).toMatchObject([
      { extensions: { code: 'UNAVAILABLE', coordinate: 'Mutation.updatePost', requestId, retryAfterSeconds: 1 } },
    ]);
    expect(headers.get('retry-after')).toBe('1');
    expect(headers.get('www-authenticate')).toBeNull();
    expect(logged(server)).toMatchObject([{ requestId, coordinate: 'Mutation.updatePost' }]);
    expect(await titleOf(server)).toBe('a title');
  });

  it('is looked up again by the next request', async ({ server }) => {
    expect((await rename(server)).data.updatePost.post.title).toBe('renamed');
    expect(await titleOf(server)).toBe('renamed');
    expect(logged(server)).toEqual([]);
  });
});

/** Lets the look-up wait for the posts, and ends its connection there. */
async function cutWhileLookedUp(server: TestServer, ask: () => Promise<TestResponse>): Promise<TestResponse> {
  await holder.query('begin');
  await holder.query('lock table posts in access exclusive mode');
  const response = ask();
  for (let ended: unknown[] = []; ended.length === 0; ) {
    ended = await server.database.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where wait_event_type = 'Lock' and query like '%posts%' and datname = current_database()`,
    );
  }
  await holder.query('rollback');
  return await response;
}
