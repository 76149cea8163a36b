import { print } from 'graphql';
import { pino } from 'pino';
import { describe, expect } from 'vitest';
import { createApp } from '../../src/app.js';
import { parseConfig } from '../../src/config.js';
import { createTokenUsage } from '../../src/tokens/token-usage.js';
import { TokenDocument, ViewerKindDocument } from '../operations/generated.js';
import { openPool } from '../support/database.js';
import { it } from '../support/fixtures.js';
import { post } from '../support/http.js';
import { keepCodeGeneration } from '../support/server.js';

describe('The last use of a token', () => {
  it('is written when the server closes, and not by the thousand requests before', async ({ server }) => {
    const [token, unused] = [await server.token(['points:read']), await server.token(['points:read'])];
    const env = { PORT: '0', DATABASE_URL: server.database.url, JWT_SECRET: 'known to the tests, and to no one else' };
    keepCodeGeneration(); // the routes of this one are compiled, too
    const node = await createApp(parseConfig(env), pino({ level: 'silent' }));
    const { url } = await node.listen();
    const ask = async () => {
      const authorization = `Bearer ${token.secret}`;
      const { data } = await post({ url }, { query: print(ViewerKindDocument) }, { authorization });
      expect(data).toEqual({ viewer: { kind: 'APP' } });
    };
    for (let round = 0; round < 20; round++) await Promise.all(Array.from({ length: 50 }, ask));
    expect(await server.database.query('select 1 from token_usage where token_id = $1', [token.id])).toEqual([]);
    await node.close();
    const rows = await server.database.query(
      `select token_id, last_used_at between now() - interval '1 min' and now() as recent from token_usage
        where token_id = any($1)`,
      [[token.id, unused.id]],
    );
    expect(rows).toEqual([{ token_id: token.id, recent: true }]);
    const admin = await server.everything();
    expect(
      Date.parse((await server.send(admin, TokenDocument, { id: token.id })).data.token.lastUsedAt ?? ''),
    ).toBeLessThanOrEqual(Date.now());
    expect((await server.send(admin, TokenDocument, { id: unused.id })).data.token.lastUsedAt).toBeNull();
  });

  it('is that of the last change of points, which is not looked up where the token is known', async ({ server }) => {
    const token = await server.token(['points:add']);
    const { id } = await server.user();
    const env = { PORT: '0', DATABASE_URL: server.database.url, JWT_SECRET: 'known to the tests, and to no one else' };
    keepCodeGeneration();
    const node = await createApp(parseConfig(env), pino({ level: 'silent' }));
    const { url } = await node.listen();
    const query = `mutation { addPoints(input: { user: { id: "${id}" }, points: 1 }) { entry { createdAt } } }`;
    const add = async () =>
      (await post({ url }, { query }, { authorization: `Bearer ${token.secret}` })).data.addPoints;
    await add();
    const { entry } = await add();
    await node.close();
    const rows = await server.database.query('select last_used_at from token_usage where token_id = $1', [token.id]);
    expect(rows).toEqual([{ last_used_at: new Date(entry.createdAt) }]);
  });

  it('is written for many tokens, never goes back, and is skipped for tokens that do not exist', async ({ server }) => {
    const failures: unknown[] = [];
    const { database, close } = openPool(server.database.url);
    const usage = createTokenUsage(database, (error) => failures.push(error));
    const [one, other] = [await server.token(['points:read']), await server.token(['points:read'])];
    const [early, late] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-01-02T00:00:00Z')];
    const times = async () =>
      await server.database.query('select last_used_at from token_usage where token_id = any($1) order by token_id', [
        [one.id, other.id],
      ]);

    usage.note(one.id, secondsOf(late));
    usage.note(one.id, secondsOf(early));
    usage.note(other.id, secondsOf(early));
    usage.note('0198c0de-0000-7000-8000-000000000000', secondsOf(late));
    await usage.flush();
    expect(await times()).toEqual([{ last_used_at: late }, { last_used_at: early }]);

    usage.note(one.id, secondsOf(early));
    usage.note(other.id, secondsOf(late));
    await usage.flush();
    expect(await times()).toEqual([{ last_used_at: late }, { last_used_at: late }]);
    expect(failures).toEqual([]);
    await close();
  });

  it('is kept while the database cannot be reached', async () => {
    const failures: unknown[] = [];
    const away = openPool('postgres://nobody@127.0.0.1:1/nothing', { poolSize: 1 });
    const usage = createTokenUsage(away.database, (error) => failures.push(error));
    usage.note('0198c0de-0000-7000-8000-000000000000', secondsOf(new Date()));
    await usage.flush();
    await usage.flush();
    expect(failures).toHaveLength(2);
    await away.close();
  });
});

function secondsOf(date: Date): number {
  return date.getTime() / 1_000;
}
