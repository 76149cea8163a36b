import { describe, expect } from 'vitest';
import {
  AddPointsNotedDocument,
  ApplyPointsNotedDocument,
  DeleteUserDocument,
  RevokeTokenDocument,
  SpendPointsDocument,
} from '../operations/generated.js';
import type { IssuedToken, TestServer } from '../support/server.js';
import { itOnTwoNodes } from '../support/server-fixture.js';
import { keptLedger, refusal } from './ledger.js';

const it = itOnTwoNodes();

/** What a bot needs. */
let bot: IssuedToken;
it.beforeAll(async ({ server }) => {
  bot = await server.token(['points:add', 'users:link']);
});

let made = 0;
const newId = () => ({ issuer: 'twitch', id: `user ${++made}` });

const add = (server: TestServer, external: { issuer: string; id: string }, rest: object = {}) =>
  server.send(bot, AddPointsNotedDocument, { input: { user: { external }, points: 5, ifMissing: {}, ...rest } });

async function usersWith(server: TestServer, { issuer, id }: { issuer: string; id: string }) {
  return await server.database.query(
    `select u.id, u.username, u.role, u.password_hash from external_ids x join users u on u.id = x.user_id
      where x.issuer = $1 and x.external_id = $2`,
    [issuer, id],
  );
}

describe('AddPointsInput.ifMissing', () => {
  it('creates the user on the first add, and uses it from then on', async ({ server }) => {
    const external = newId();
    const first = (await add(server, external)).data.change;
    expect(first).toMatchObject({ userCreated: true, points: 5, replayed: false, user: { role: 'USER' } });
    expect(first.user.username).toMatch(/^twitch-[a-z0-9]{8}$/);
    const second = (await add(server, external)).data.change;
    expect(second).toMatchObject({ userCreated: false, points: 10, user: { id: first.user.id } });
    expect(await usersWith(server, external)).toEqual([
      { id: first.user.id, username: first.user.username, role: 'USER', password_hash: null },
    ]);
  });

  it('records who created the user, without the id in the other system', async ({ server }) => {
    const external = newId();
    const { id } = (await add(server, external)).data.change.user;
    const events = await server.database.query(
      'select action, detail, actor_id, actor_token_id from audit_events where subject_id = $1 order by id',
      [id],
    );
    const by = { actor_id: bot.owner.id, actor_token_id: bot.id };
    expect(events).toEqual([
      { action: 'USER_CREATED', detail: null, ...by },
      { action: 'EXTERNAL_ID_LINKED', detail: 'twitch', ...by },
    ]);
  });

  it('gives the user the name that is asked for', async ({ server }) => {
    const change = (await add(server, newId(), { ifMissing: { username: 'Asked.for' } })).data.change;
    expect(change.user.username).toBe('Asked.for');
  });

  it('makes names that are well-formed, and never reserved, from any issuer', async ({ server }) => {
    const long = { issuer: `${'long.'.repeat(12)}-abc`, id: '1' };
    expect((await add(server, long)).data.change.user.username).toMatch(/^(long\.){8}-[a-z0-9]{8}$/);
    const reserved = { issuer: 'deleted', id: '1' };
    expect((await add(server, reserved)).data.change.user.username).toMatch(/^user-deleted-[a-z0-9]{8}$/);
  });

  it('refuses a name that another user has, and creates no one', async ({ server }) => {
    const { username } = await server.user();
    const external = newId();
    const response = await add(server, external, { ifMissing: { username: username.toUpperCase() } });
    expect(refusal(response)).toMatchObject({ code: 'USERNAME_TAKEN', effect: 'NONE' });
    expect(await usersWith(server, external)).toEqual([]);
    // The user exists by now, so that the name is not needed.
    await add(server, external);
    const again = await add(server, external, { ifMissing: { username } });
    expect(again.data.change).toMatchObject({ userCreated: false, points: 10 });
  });

  it('keeps the user, without points, where the ledger refuses the change', async ({ server }) => {
    const external = newId();
    const response = await add(server, external, { points: 9_007_199_254_740_991 });
    expect(response.data.change.points).toBe(9_007_199_254_740_991);
    const refused = await add(server, external);
    expect(refusal(refused)).toMatchObject({ code: 'BALANCE_LIMIT', effect: 'NONE' });
    expect(await usersWith(server, external)).toHaveLength(1);
  });

  it('says that the user was created only in the response of the request that did, and in no replay', async ({
    server,
  }) => {
    const external = newId();
    const first = await add(server, external, { idempotencyKey: 'k' });
    expect(first.data.change).toMatchObject({ userCreated: true, replayed: false });
    const replay = await add(server, external, { idempotencyKey: 'k' });
    expect(replay.data.change).toMatchObject({ userCreated: false, replayed: true, points: 5 });
  });

  it('creates another user once the first one was deleted, and a repeated change is that user’s', async ({
    server,
  }) => {
    const external = newId();
    const first = (await add(server, external, { idempotencyKey: 'k' })).data.change;
    await server.send(await server.everything(), DeleteUserDocument, { user: { id: first.user.id } });
    const second = (await add(server, external, { idempotencyKey: 'k' })).data.change;
    expect(second).toMatchObject({ userCreated: true, replayed: false, points: 5 });
    expect(second.user.id).not.toBe(first.user.id);
  });
});

describe('A hundred first adds at once on two nodes', () => {
  it('create one user and a hundred entries', async ({ server, other }) => {
    const external = newId();
    const responses = await Promise.all(
      Array.from({ length: 100 }, (_, n) => add(n % 2 === 0 ? server : other, external, { idempotencyKey: `${n}` })),
    );
    expect(responses.flatMap(({ errors = [] }) => errors)).toEqual([]);
    expect(responses.filter(({ data }) => data.change.userCreated)).toHaveLength(1);
    const [user, ...others] = await usersWith(server, external);
    expect(others).toEqual([]);
    expect(await keptLedger(server, String(user?.['id']))).toEqual({ points: 500, deltas: Array(100).fill(5) });
  });

  it('create one user also where they ask for a name', async ({ server, other }) => {
    for (const round of ['one', 'two', 'three']) {
      const external = newId();
      const responses = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          add(n % 2 === 0 ? server : other, external, { ifMissing: { username: `first-${round}` } }),
        ),
      );
      expect(responses.flatMap(({ errors = [] }) => errors)).toEqual([]);
      expect(responses.filter(({ data }) => data.change.userCreated)).toHaveLength(1);
      const [user] = await usersWith(server, external);
      expect(user?.['username']).toBe(`first-${round}`);
      expect((await keptLedger(server, String(user?.['id']))).points).toBe(100);
    }
  });

  it('in lists of applyPoints create each user once', async ({ server, other }) => {
    const ids = Array.from({ length: 50 }, newId);
    const operations = ids.flatMap((external) =>
      Array(2).fill({ add: { user: { external }, points: 5, ifMissing: {} } }),
    );
    const responses = await Promise.all(
      [server, other, server, other].map((node) =>
        node.send(admin(), ApplyPointsNotedDocument, { input: { operations } }),
      ),
    );
    const results = responses.flatMap(({ data }) => data.applyPoints.results);
    expect(results.filter(({ error }) => error !== null)).toEqual([]);
    expect(results.filter(({ payload }) => payload?.userCreated)).toHaveLength(50);
    for (const external of ids) {
      const [user] = await usersWith(server, external);
      expect((await keptLedger(server, String(user?.['id']))).points).toBe(40);
    }
  });
});

let everything: IssuedToken;
it.beforeAll(async ({ server }) => {
  everything = await server.everything();
});
const admin = () => everything;

describe('ifMissing in applyPoints', () => {
  it('makes the user exist from the change on that asked for it', async ({ server }) => {
    const user = { external: newId() };
    const operations = [
      { spend: { user, points: 1 } },
      { add: { user, points: 5, ifMissing: { username: 'deleted-by-no-one' } } },
    ];
    const refused = await server.send(admin(), ApplyPointsNotedDocument, { input: { operations } });
    expect(refusal(refused)).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.operations.1.add.ifMissing.username',
    });
    const taken = (await server.user()).username;
    const { data } = await server.send(admin(), ApplyPointsNotedDocument, {
      input: {
        operations: [
          { spend: { user, points: 1 } },
          { add: { user, points: 5, ifMissing: { username: taken } } },
          { add: { user, points: 5 } },
          { add: { user, points: 5, ifMissing: {} } },
          { spend: { user, points: 1 } },
          { add: { user, points: 5, ifMissing: {} } },
        ],
      },
    });
    const outcomes = data.applyPoints.results.map(({ payload, error }) => error?.code ?? payload);
    expect(outcomes).toMatchObject([
      'USER_NOT_FOUND',
      'USERNAME_TAKEN',
      'USER_NOT_FOUND',
      { userCreated: true, points: 5 },
      { userCreated: false, points: 4 },
      { userCreated: false, points: 9 },
    ]);
  });
});

describe('A user who is created by a list of applyPoints', () => {
  it('is found under every name by the changes that follow', async ({ server }) => {
    const [external, username] = [newId(), `named-${made}`];
    const before = { spend: { user: { username }, points: 1 } };
    const operations = [
      before,
      { add: { user: { external }, points: 5, ifMissing: { username } } },
      { spend: { user: { username: username.toUpperCase() }, points: 1 } },
    ];
    const { data } = await server.send(admin(), ApplyPointsNotedDocument, { input: { operations } });
    const outcomes = data.applyPoints.results.map(({ payload, error }) => error?.code ?? payload?.points);
    expect(outcomes).toEqual(['USER_NOT_FOUND', 5, 4]);
  });
});

describe('ifMissing', () => {
  it('requires that the user is named by an external id', async ({ server }) => {
    const { id, username } = await server.user();
    for (const user of [{ id }, { username }]) {
      const input = { user, points: 5, ifMissing: {} };
      const response = await server.send(bot, AddPointsNotedDocument, { input });
      expect(refusal(response)).toEqual({ code: 'BAD_USER_INPUT', field: 'input.ifMissing', effect: 'NONE' });
      const many = await server.send(admin(), ApplyPointsNotedDocument, { input: { operations: [{ add: input }] } });
      expect(refusal(many)).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.operations.0.add.ifMissing' });
    }
  });

  it.for(['', 'no spaces', 'é', 'n'.repeat(65), 'Deleted-x'])('refuses the name “%s”', async (username, { server }) => {
    const response = await add(server, newId(), { ifMissing: { username } });
    expect(refusal(response)).toMatchObject({
      code: 'BAD_USER_INPUT',
      field: 'input.ifMissing.username',
      effect: 'NONE',
    });
  });

  it('is denied without USERS_LINK, also where the user exists or nothing is asked for', async ({ server }) => {
    const external = newId();
    await add(server, external);
    const adder = await server.token(['points:add', 'users:write']);
    for (const ifMissing of [{}, null]) {
      const input = { user: { external }, points: 5, ifMissing };
      const response = await server.send(adder, AddPointsNotedDocument, { input });
      expect(response.status).toBe(403);
      expect(refusal(response)).toMatchObject({
        code: 'FORBIDDEN',
        coordinate: 'AddPointsInput.ifMissing',
        missingScopes: ['USERS_LINK'],
      });
    }
    const input = { user: { external }, points: 5 };
    expect((await server.send(adder, AddPointsNotedDocument, { input })).data.change.points).toBe(10);
  });

  it('is denied without a credential and after the token was revoked, and creates no one', async ({ server }) => {
    const external = newId();
    const input = { user: { external }, points: 5, ifMissing: {} };
    expect(refusal(await server.send(undefined, AddPointsNotedDocument, { input }))).toMatchObject({
      reason: 'TOKEN_MISSING',
    });
    const revoked = await server.token(['points:add', 'users:link']);
    await server.send(admin(), RevokeTokenDocument, { input: { id: revoked.id } });
    expect(refusal(await server.send(revoked, AddPointsNotedDocument, { input }))).toMatchObject({
      reason: 'TOKEN_REVOKED',
    });
    expect(await usersWith(server, external)).toEqual([]);
  });

  it('is for adding: a spend for an unknown id is USER_NOT_FOUND', async ({ server }) => {
    const response = await server.send(admin(), SpendPointsDocument, {
      input: { user: { external: newId() }, points: 5 },
    });
    expect(refusal(response)).toEqual({ code: 'USER_NOT_FOUND', effect: 'NONE', replayed: false });
  });
});
