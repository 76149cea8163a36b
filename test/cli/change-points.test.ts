import { describe, expect } from 'vitest';
import {
  AddPointsDocument,
  AvailablePointsDocument,
  EntryOfHoldOrTransferDocument,
  PointsHoldDocument,
} from '../operations/generated.js';
import { keptLedger } from '../points/ledger.js';
import { scrip } from '../process/program.js';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const run = (server: TestServer, ...args: string[]) => scrip(args, { env: { DATABASE_URL: server.database.url } });

/** A user with 100 points. */
async function userWithPoints(server: TestServer) {
  const user = await server.user();
  await server.send(token, AddPointsDocument, { input: { user: { id: user.id }, points: 100 } });
  return user;
}

async function pointsOf(server: TestServer, id: string) {
  return (await server.send(token, AvailablePointsDocument, { id })).data.user;
}

async function holdOf(server: TestServer, id: string) {
  return (await server.send(token, PointsHoldDocument, { id })).data.pointsHold;
}

/** Holds points by the command; returns the id of the hold. */
async function hold(server: TestServer, user: string, points: number): Promise<string> {
  const { status, stdout } = await run(server, 'hold', user, String(points), '--expires-in', '1h');
  expect(status).toBe(0);
  return stdout.trimEnd();
}

const UNKNOWN = '01a2126e-8674-7141-b886-68129a0e1819';
const NO_USER = { status: 1, stdout: '', stderr: 'scrip: There is no such user.\n' };
const NO_HOLD = { status: 1, stdout: '', stderr: 'scrip: There is no such hold.\n' };

describe('scrip hold', () => {
  it('reserves points until a time, in the name of an owner, and prints the id of the hold alone', async ({
    server,
  }) => {
    const { id, username } = await userWithPoints(server);
    const owner = await server.user();
    const args = ['--expires-in', '30m', '--reason', 'a job', '--reference', 'job 7', '--owner', owner.username];
    const { status, stdout, stderr } = await run(server, 'hold', username.toUpperCase(), '30', ...args);
    expect({ status, stdout }).toEqual({ status: 0, stdout: `${id}.h1\n` });
    const held = await holdOf(server, `${id}.h1`);
    expect(held).toMatchObject({ points: 30, state: 'HELD', reason: 'a job', reference: 'job 7', token: null });
    expect(held.by).toEqual({ id: owner.id });
    expect(Date.parse(held.expiresAt) - Date.parse(held.createdAt)).toBe(30 * 60_000);
    expect(stderr).toBe(`Held 30 points of ${username} until ${held.expiresAt}. Available: 70.\n`);
    expect(await pointsOf(server, id)).toEqual({ points: 100, pointsAvailable: 70 });
  });

  it('finds the user by an id, and by an id in another system', async ({ server }) => {
    const { id } = await userWithPoints(server);
    const linked = await server.user({ externalIds: [{ issuer: 'twitch', id: 'a:b' }] });
    await server.send(token, AddPointsDocument, { input: { user: { id: linked.id }, points: 1 } });
    expect(await hold(server, id, 1)).toBe(`${id}.h1`);
    expect(await hold(server, 'twitch:a:b', 1)).toBe(`${linked.id}.h1`);
  });

  it('prints the same id where its key is used again, and holds nothing twice', async ({ server }) => {
    const { id, username } = await userWithPoints(server);
    const command = (points: string) => run(server, 'hold', username, points, '--expires-in', '45s', '--key', 'k');
    expect(await command('30')).toMatchObject({ status: 0, stdout: `${id}.h1\n` });
    const again = await command('30');
    expect(again).toMatchObject({ status: 0, stdout: `${id}.h1\n` });
    expect(again.stderr).toContain('This was done before, under the same key.');
    expect((await pointsOf(server, id)).pointsAvailable).toBe(70);
    const other = await command('31');
    expect(other).toMatchObject({ status: 1, stdout: '' });
    expect(other.stderr).toMatch(/^scrip: The idempotency key was used for another change\..*\n$/);
  });

  it('is refused for more than is available, and for a user who does not exist', async ({ server }) => {
    const { username } = await userWithPoints(server);
    const command = (user: string, points: string) => run(server, 'hold', user, points, '--expires-in', '1d');
    expect(await command(username, '101')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'scrip: Not enough points: 101 needed, 100 available.\n',
    });
    for (const user of ['no-one', UNKNOWN, 'twitch:no-one']) expect(await command(user, '1')).toEqual(NO_USER);
    expect(await run(server, 'hold', username, '1', '--expires-in', '1d', '--owner', 'no-one')).toEqual(NO_USER);
  });

  it.for<[args: string[], message: string]>([
    [['admin', '1'], '--expires-in'],
    [['admin', '0', '--expires-in', '1m'], 'whole number from 1'],
    [['admin', '1.5', '--expires-in', '1m'], 'whole number from 1'],
    [['admin', '9007199254740992', '--expires-in', '1m'], 'whole number from 1'],
    [['admin', '1', '--expires-in', '31d'], 'at most 30d'],
    [['admin', '1', '--expires-in', '0s'], '45s'],
    [['admin', '1', '--expires-in', '1m', '--key', ''], '--key must have 1 to 255'],
    [['admin', '1', '--expires-in', '1m', '--reference', 'x'.repeat(101)], '--reference must have 1 to 100'],
    [['admin', '1', '--expires-in', '1m', '--reason', 'x'.repeat(501)], '--reason must have 0 to 500'],
    [['Twitch:1', '1', '--expires-in', '1m'], 'An issuer has'],
  ])('ends with 2 and one line for %j', async ([args, message], { server }) => {
    const { status, stdout, stderr } = await run(server, 'hold', ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .+\n$/);
    expect(stderr).toContain(message);
  });
});

describe('scrip capture', () => {
  it('takes what was held, and prints the id of the entry alone', async ({ server }) => {
    const { id, username } = await userWithPoints(server);
    expect(await run(server, 'capture', await hold(server, username, 30))).toEqual({
      status: 0,
      stdout: `${id}.2\n`,
      stderr: `Captured 30 points of ${username}. Balance of ${username}: 70.\n`,
    });
    expect(await pointsOf(server, id)).toEqual({ points: 70, pointsAvailable: 70 });
  });

  it('takes a number of points and gives them to a user, once under a key', async ({ server }) => {
    const { id, username } = await userWithPoints(server);
    const seller = await server.user();
    const held = await hold(server, username, 30);
    const args = [held, '20', '--to', seller.username, '--key', 'k', '--reason', 'sold', '--reference', 'order 7'];
    const captured = `Captured 20 points of ${username} for ${seller.username}. Balance of ${username}: 80.`;
    expect(await run(server, 'capture', ...args)).toEqual({
      status: 0,
      stdout: `${id}.2\n`,
      stderr: `${captured}\n`,
    });
    expect(await run(server, 'capture', ...args)).toEqual({
      status: 0,
      stdout: `${id}.2\n`,
      stderr: `${captured} This was done before, under the same key.\n`,
    });
    const { data } = await server.send(token, EntryOfHoldOrTransferDocument, { id: `${id}.2` });
    expect(data.pointsEntry).toMatchObject({
      kind: 'TRANSFER_OUT',
      hold: { id: held },
      counterpart: { id: `${seller.id}.1`, kind: 'TRANSFER_IN', delta: 20 },
    });
    expect(await keptLedger(server, seller.id)).toEqual({ points: 20, deltas: [20] });
    expect(await pointsOf(server, id)).toEqual({ points: 80, pointsAvailable: 80 });
  });

  it('is refused for a hold that has ended, for too many points, and for what does not exist', async ({ server }) => {
    const { id, username } = await userWithPoints(server);
    const held = await hold(server, username, 30);
    expect(await run(server, 'capture', held, '101')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'scrip: Not enough points: 101 needed, 100 available, 30 held.\n',
    });
    expect(await run(server, 'capture', held, '--to', 'no-one')).toEqual(NO_USER);
    expect(await run(server, 'capture', `${id}.h7`)).toEqual(NO_HOLD);
    expect(await run(server, 'capture', held)).toMatchObject({ status: 0 });
    expect(await run(server, 'capture', held)).toEqual({
      status: 1,
      stdout: '',
      stderr: 'scrip: The hold has ended: it was captured.\n',
    });
  });

  it.for<[args: string[], message: string]>([
    [['h1'], 'This is not the id of a hold'],
    [[`${UNKNOWN}.1`], 'This is not the id of a hold'],
    [[`${UNKNOWN}.h1`, '0'], 'whole number from 1'],
    [[`${UNKNOWN}.h1`, '--to', 'twitch:'], '1 to 255 characters'],
    [[`${UNKNOWN}.h1`, '--expires-in', '1m'], '--expires-in'],
  ])('ends with 2 and one line for %j', async ([args, message], { server }) => {
    const { status, stdout, stderr } = await run(server, 'capture', ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^scrip: .+\n$/);
    expect(stderr).toContain(message);
  });
});

describe('scrip release', () => {
  it('makes the points of a hold available again, once under a key', async ({ server }) => {
    const { id, username } = await userWithPoints(server);
    const held = await hold(server, username, 30);
    const released = `Released 30 points of ${username}. Available: 100.`;
    const expected = { status: 0, stdout: '' };
    expect(await run(server, 'release', held, '--key', 'k')).toEqual({ ...expected, stderr: `${released}\n` });
    expect((await holdOf(server, held)).state).toBe('RELEASED');
    expect(await pointsOf(server, id)).toEqual({ points: 100, pointsAvailable: 100 });
    expect(await run(server, 'release', held, '--key', 'k')).toEqual({
      ...expected,
      stderr: `${released} This was done before, under the same key.\n`,
    });
    expect(await run(server, 'release', held)).toEqual({
      status: 1,
      stdout: '',
      stderr: 'scrip: The hold has ended: it was released.\n',
    });
  });

  it('is refused for a hold that does not exist, and ends with 2 for what is no id of one', async ({ server }) => {
    expect(await run(server, 'release', `${UNKNOWN}.h1`)).toEqual(NO_HOLD);
    for (const args of [[UNKNOWN], [`${UNKNOWN}.h1`, '5'], []]) {
      const { status, stderr } = await run(server, 'release', ...args);
      expect(status).toBe(2);
      expect(stderr).toMatch(/^scrip: .+\n$/);
    }
  });
});

describe('scrip transfer', () => {
  it('moves points, once under a key, and prints the id of the entry of the user who gives', async ({ server }) => {
    const [from, to] = [await userWithPoints(server), await server.user()];
    const args = [from.username, to.id, '40', '--key', 'k', '--reason', 'a gift', '--reference', 'gift 7'];
    const sentence = `Transferred 40 points from ${from.username} to ${to.username}. Balance of ${from.username}: 60.`;
    expect(await run(server, 'transfer', ...args)).toEqual({
      status: 0,
      stdout: `${from.id}.2\n`,
      stderr: `${sentence}\n`,
    });
    expect(await run(server, 'transfer', ...args)).toEqual({
      status: 0,
      stdout: `${from.id}.2\n`,
      stderr: `${sentence} This was done before, under the same key.\n`,
    });
    expect(await keptLedger(server, from.id)).toEqual({ points: 60, deltas: [100, -40] });
    expect(await keptLedger(server, to.id)).toEqual({ points: 40, deltas: [40] });
    const notes = await server.database.query(
      `select distinct e.reason, e.reference, u.username as owner, e.token_id from entries e join users u on u.id = e.owner_id
        where e.kind like 'TRANSFER%' and e.user_id in ($1, $2)`,
      [from.id, to.id],
    );
    expect(notes).toEqual([{ reason: 'a gift', reference: 'gift 7', owner: 'admin', token_id: null }]);
  });

  it('is refused for points that are held, and for users who do not exist', async ({ server }) => {
    const [from, to] = [await userWithPoints(server), await server.user()];
    await hold(server, from.username, 30);
    expect(await run(server, 'transfer', from.username, to.username, '71')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'scrip: Not enough points: 71 needed, 70 available, 30 held.\n',
    });
    expect(await run(server, 'transfer', from.username, 'no-one', '1')).toEqual(NO_USER);
    expect(await run(server, 'transfer', 'twitch:no-one', to.username, '1')).toEqual(NO_USER);
  });

  it('ends with 2 and one line for a transfer to oneself, and for bad arguments', async ({ server }) => {
    const { id, username } = await userWithPoints(server);
    for (const [args, message] of [
      [[username, id, '1'], 'Name another user.'],
      [[username, 'admin', '-1'], "'-1'"],
      [[username, 'admin'], "'points'"],
      [[username, 'admin', 'ten'], 'whole number from 1'],
    ] as const) {
      const { status, stdout, stderr } = await run(server, 'transfer', ...args);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^scrip: .+\n$/);
      expect(stderr).toContain(message);
    }
    expect(await keptLedger(server, id)).toEqual({ points: 100, deltas: [100] });
  });
});
