/** A ledger loses its last entries when a backup is restored, or when only the old primary of a failover had them. */
import { setTimeout as delay } from 'node:timers/promises';
import { print } from 'graphql';
import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  PointsChangedDocument,
  type PointsChangedSubscriptionVariables,
} from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { errorsOf, openClient } from '../support/socket.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

/** A user with some entries. */
async function userWith(server: TestServer, entries: number): Promise<string> {
  const { id } = await server.user();
  for (let entry = 0; entry < entries; entry++) await add(server, id);
  return id;
}

async function add(server: TestServer, id: string): Promise<void> {
  await server.send(token, AddPointsDocument, { input: { user: { id }, points: 1 } });
}

/** Removes a user's entries after one of them, as if they had never been written. */
async function setBack(server: TestServer, userId: string, sequence: number): Promise<void> {
  await server.database.query(`
    do $$ begin
      set local session_replication_role = replica;
      delete from entries where user_id = '${userId}' and sequence > ${sequence};
      update balances set sequence = ${sequence}, points = ${sequence} where user_id = '${userId}';
    end $$`);
}

function follow(server: TestServer, variables: PointsChangedSubscriptionVariables) {
  const client = openClient(server, token);
  const events = client.iterate({ query: print(PointsChangedDocument), variables: { ...variables } });
  return { events, end: () => client.dispose() };
}

async function readToEnd(events: AsyncIterator<unknown>): Promise<void> {
  while (!(await events.next()).done);
}

const ahead = (lastSequence: number) => ({
  message: expect.stringContaining(`ends at sequence ${lastSequence}`),
  extensions: { code: 'BAD_USER_INPUT', field: 'after', lastSequence },
});

describe('Subscription.pointsChanged', () => {
  it.for([
    [0, 1],
    [2, 3],
    [2, 1_000],
  ] as const)('of a ledger of %i entries cannot begin after sequence %i', async ([entries, after], { server }) => {
    const { events, end } = follow(server, { user: { id: await userWith(server, entries) }, after });
    expect(await errorsOf(events)).toMatchObject([ahead(entries)]);
    await end();
  });

  it('can begin after the last sequence', async ({ server }) => {
    const id = await userWith(server, 2);
    const { events, end } = follow(server, { user: { id }, after: 2 });
    const event = events.next();
    await add(server, id);
    expect((await event).value).toMatchObject({ data: { pointsChanged: { sequence: 3 } } });
    await end();
  });

  it.for([3, 0])(
    'of one user ends with an error when the ledger is set back to %i entries',
    async (kept, { server }) => {
      const id = await userWith(server, 5);
      const { events, end } = follow(server, { user: { id }, after: 4 });
      expect((await events.next()).value).toMatchObject({ data: { pointsChanged: { sequence: 5 } } });
      await setBack(server, id, kept);
      expect(await errorsOf(events)).toMatchObject([ahead(kept)]);
      await end();
    },
  );

  it('of all users ends with an error when a ledger is set back', async ({ server }) => {
    const { events, end } = follow(server, {});
    const begun = events.next().then(() => true);
    const id = await userWith(server, 3);
    // Entries from before it has begun are not sent.
    while (!(await Promise.race([begun, add(server, id).then(() => delay(10, false))])));
    await add(server, id);
    await setBack(server, id, 2);
    await expect(readToEnd(events)).rejects.toMatchObject([ahead(2)]);
    await end();
  });
});
