import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  ApplyPointsDocument,
  DeleteUserDocument,
  SpendPointsDocument,
} from '../operations/generated.js';
import { JWT_SECRET, scrip } from '../process/program.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';

let token: IssuedToken;
const it = itWith({ JWT_SECRET });
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

describe('scrip ledger verify', () => {
  it('reports a sound ledger, as text and as JSON', async ({ server }) => {
    const { id } = await server.user();
    await server.send(token, AddPointsDocument, { input: { user: { id }, points: 5 } });
    const words = await ledger(server, 'verify');
    expect(words).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^The ledger is sound: \d+ users?, \d+ entr(y|ies)\.\n$/),
      stderr: '',
    });
    const { status, stdout } = await ledger(server, 'verify', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      users: expect.any(Number),
      entries: expect.any(Number),
      faults: 0,
      firstFault: null,
    });
  });

  it('ends with 1 and names the first fault', async ({ server }) => {
    const { id } = await server.user();
    await server.database.query('update balances set points = 1 where user_id = $1', [id]);
    const { status, stdout } = await ledger(server, 'verify');
    expect(status).toBe(1);
    expect(stdout).toMatch(
      new RegExp(`^Balance of ${id}: the balance differs from the last entry\\. Faults: 1, .*\n$`),
    );
    const json = await ledger(server, 'verify', '--json');
    expect(json.status).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      faults: 1,
      firstFault: { userId: id, sequence: null, rule: 'BALANCE_DIFFERS' },
    });
    await server.database.query('update balances set points = 0 where user_id = $1', [id]);
  });
});

describe('scrip ledger explain', () => {
  it('lists the entries of a user with their actors, and the balance', async ({ server }) => {
    const { id } = await server.user({ username: 'bob' });
    await server.send(token, AddPointsDocument, { input: { user: { id }, points: 50, reason: 'a \u001b[31mgift' } });
    await server.send(
      await server.session(await server.user({ username: 'root', role: 'ADMIN' })),
      SpendPointsDocument,
      {
        input: { user: { id }, points: 20 },
      },
    );
    const { status, stdout, stderr } = await ledger(server, 'explain', 'BOB');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const [head, first, second, end] = stdout.split('\n');
    expect(head).toMatch(/^ +SEQUENCE +TIME +KIND +DELTA +BALANCE +BY +WITH +REASON$/);
    expect(first).toMatch(/^ +1 +\S+Z +ADD +\+50 +50 +user-\d+ by a test +a \\u\{1b\}\[31mgift$/);
    expect(second).toMatch(/^ +2 +\S+Z +SPEND +-20 +30 +root$/);
    expect(end).toBe('bob has 30 points after 2 entries.');
  });

  it('explains by id the balance of a deleted user, beyond a page, and of a user without entries', async ({
    server,
  }) => {
    const { id } = await server.user();
    const operations = Array.from({ length: 300 }, () => ({ add: { user: { id }, points: 2 } }));
    for (let time = 0; time < 5; time++) await server.send(token, ApplyPointsDocument, { input: { operations } });
    await server.send(token, DeleteUserDocument, { user: { id } });
    const { stdout } = await ledger(server, 'explain', id);
    expect(stdout.split('\n').length).toBe(1_503);
    expect(stdout).toMatch(new RegExp(`\ndeleted-${id} has 3000 points after 1500 entries\\.\n$`));
    const { username } = await server.user();
    expect((await ledger(server, 'explain', username)).stdout).toMatch(/ has 0 points after 0 entries\.\n$/);
    await server.send(token, AddPointsDocument, { input: { user: { username }, points: 1 } });
    expect((await ledger(server, 'explain', username)).stdout).toMatch(/ has 1 point after 1 entry\.\n$/);
  });

  it('ends with 1 and marks the entry with a fault', async ({ server }) => {
    const { id } = await server.user({ username: 'eve' });
    await server.send(token, AddPointsDocument, { input: { user: { id }, points: 5 } });
    await server.database.query(
      `set session_replication_role = replica; update entries set balance_after = 6 where user_id = '${id}'; set session_replication_role = default`,
    );
    const { status, stdout } = await ledger(server, 'explain', 'eve');
    expect(status).toBe(1);
    expect(stdout).toMatch(/\n! +1 .*\nBalance of .*\nEntry 1 of .*: the balance after it is not .*\n$/);
  });

  it('is refused for a user who does not exist', async ({ server }) => {
    expect(await ledger(server, 'explain', 'nobody')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'scrip: There is no such user.\n',
    });
  });
});

async function ledger(server: TestServer, ...args: string[]) {
  return await scrip(['ledger', ...args], { env: { JWT_SECRET, DATABASE_URL: server.database.url } });
}
