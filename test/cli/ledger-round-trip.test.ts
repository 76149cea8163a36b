import { expect } from 'vitest';
import {
  AddPointsDocument,
  type AddPointsInput,
  ApplyPointsDocument,
  CaptureHoldDocument,
  type CaptureHoldInput,
  DeleteUserDocument,
  HoldPointsDocument,
  ReleaseHoldDocument,
  ReversePointsDocument,
  TransferPointsDocument,
  UpdateUserDocument,
  type UserBy,
} from '../operations/generated.js';
import { JWT_SECRET } from '../process/program.js';
import { type Credential, startServer, type TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { done, ledger, write } from './ledger.js';

const it = itWith({ JWT_SECRET });

/** Texts that a file has to quote or to escape, that a spreadsheet would run, or that cannot be seen. */
const TEXTS = [
  ...['=1+1', '-1', "'=1", "''", "'x", 'a;-b', 'a\n=1', '\uff1d1'],
  ...['a "quoted", text', 'a\r\nb', 'a\rb', '"', ',', ' a ', '\\u0041', '\\'],
  ...['\u{1f469}\u200d\u{1f467} \u{1f44d}\u{1f3fd}', 'a\u200bb', '\ufeffa', '\u202ea', '\u0001', '\u2028', '\u{e0001}'],
  ...['null', '7', '[]', '{"key":1}'],
];

it('An export that is imported into another database gives the same history, once', { timeout: 240_000 }, async ({
  server,
}) => {
  const entries = await writeHistory(server);
  const history = await readHistory(server);
  expect(history).toHaveLength(entries);
  for (const format of ['csv', 'ndjson']) {
    const exported = await ledger(server, 'export', '--format', format, '--external', 'twitch');
    expect(exported).toMatchObject({ status: 0, stderr: '' });
    const file = await write(`history.${format}`, exported.stdout);
    const other = await startServer({ JWT_SECRET });
    const args = ['import', file, '--external', 'twitch', '--key-column', 'id', '--create-users'];
    expect(await ledger(other, ...args)).toEqual({ status: 0, stdout: done(entries, 0, 0), stderr: '' });
    expect(await readHistory(other)).toEqual(history);
    expect(await ledger(other, 'verify')).toMatchObject({ status: 0 });
    expect(await deletedUsers(other)).toEqual(await deletedUsers(server));

    expect(await ledger(other, ...args)).toEqual({ status: 0, stdout: done(0, entries, 0), stderr: '' });
    expect(await readHistory(other)).toEqual(history);
    await other.close();
  }
});

/** Writes entries of each kind; returns their number. */
async function writeHistory(server: TestServer): Promise<number> {
  const token = await server.everything();
  const [renamed, deleted] = [await server.user({ username: 'anna' }), await server.user({ username: 'gone' })];
  const old = 'user,points,key,createdAt\nanna,100,a,2020-01-31T09:30:00.5Z\nanna,-30,b,2020-02-01T00:00:00+01:00\n';
  expect(await ledger(server, 'import', await write('old.csv', old))).toMatchObject({ stdout: done(2, 0, 0) });
  const update = { user: { id: renamed.id }, username: 'hanna' };
  expect((await server.send(token, UpdateUserDocument, { input: update })).errors).toBeUndefined();

  const add = async (input: AddPointsInput) => {
    const { data, errors } = await server.send(token, AddPointsDocument, { input });
    expect(errors).toBeUndefined();
    return data.change.entry.id;
  };
  const linked = { external: { issuer: 'twitch', id: ' 1234' } };
  await add({ user: linked, points: 7, ifMissing: { username: 'streamer' }, reference: 'order-1' });
  const reversed = await add({
    user: linked,
    points: 5,
    metadata: [
      { key: 'shop', value: 'b' },
      { key: 'a', value: '' },
    ],
  });
  const ofDeleted = await add({ user: { id: deleted.id }, points: 9, reference: 'order-2' });

  const operations = [
    ...TEXTS.map((text) => ({
      add: {
        user: { id: renamed.id },
        points: 1,
        reason: text,
        reference: text,
        metadata: [{ key: 'k', value: text }],
      },
    })),
    { spend: { user: { id: renamed.id }, points: 3, reference: 'spent' } },
    { spend: { user: { id: deleted.id }, points: 4 } },
  ];
  const applied = await server.send(token, ApplyPointsDocument, { input: { operations } });
  expect(applied.data.applyPoints.results.map(({ error }) => error)).toEqual(operations.map(() => null));
  const spent = applied.data.applyPoints.results.at(-2)?.payload?.entry.id ?? '';
  for (const entryId of [reversed, spent, ofDeleted.replace(/1$/, '2')]) {
    const input = { entryId, reason: 'a mistake', reference: 'reversed' };
    expect((await server.send(token, ReversePointsDocument, { input })).errors).toBeUndefined();
  }
  const moved = await writeTransfers(server, token, [{ id: renamed.id }, linked, { id: deleted.id }]);
  expect((await server.send(token, DeleteUserDocument, { user: { id: deleted.id } })).errors).toBeUndefined();
  return 2 + 3 + operations.length + 3 + moved;
}

/** Transfers in all directions between three users, some of them reversed by either entry, and captures; returns their number. */
async function writeTransfers(
  server: TestServer,
  token: Credential,
  [a, b, c]: readonly [UserBy, UserBy, UserBy],
): Promise<number> {
  const transfer = async (from: UserBy, to: UserBy, points: number, reference?: string) => {
    const input = { from, to, points, reference, reason: reference && 'a gift', metadata: [{ key: 'n', value: '1' }] };
    const { data, errors } = await server.send(token, TransferPointsDocument, { input });
    expect(errors).toBeUndefined();
    return data.change;
  };
  const reverse = async (entryId: string) => {
    const input = { entryId, reason: 'moved by mistake', reference: 'back' };
    expect((await server.send(token, ReversePointsDocument, { input })).errors).toBeUndefined();
  };
  const hold = async (user: UserBy) => {
    const input = { user, points: 4, expiresInSeconds: 60, reason: 'a seat', reference: 'seat 7' };
    const { data, errors } = await server.send(token, HoldPointsDocument, { input });
    expect(errors).toBeUndefined();
    return data.change.hold.id;
  };
  const capture = async (input: CaptureHoldInput) =>
    expect((await server.send(token, CaptureHoldDocument, { input })).errors).toBeUndefined();

  const first = await transfer(a, b, 5);
  await transfer(b, c, 6, 'order-3');
  await transfer(c, a, 3);
  const second = await transfer(c, b, 2, 'order-4');
  await transfer(b, a, 1);
  await reverse(first.debit.id);
  await reverse(second.credit.id);
  const third = await transfer(a, c, 20);
  await transfer(a, b, 10);
  await capture({ hold: await hold(a), to: b });
  await capture({ hold: await hold(c), points: 3, reason: 'two seats' });
  await capture({ hold: await hold(b), points: 5, to: c, reference: 'seat 8' });
  expect((await server.send(token, ReleaseHoldDocument, { input: { hold: await hold(b) } })).errors).toBeUndefined();
  await hold(c); // ends with its user
  await reverse(third.credit.id);
  await transfer(b, c, 1);
  return 2 * (8 + 2 + 3) + 1;
}

/** All entries as an export has them, without what an import does not keep. */
async function readHistory(server: TestServer): Promise<object[]> {
  const { stdout } = await ledger(server, 'export', '--format', 'ndjson', '--external', 'twitch');
  const entries = stdout
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => {
      const { id, key, owner, token, recordedAt, hold, counterpart, ...kept } = JSON.parse(line);
      const sequenceIn = (id: unknown) => Number(String(id).split('.')[1]);
      return { ...kept, sequence: sequenceIn(id), counterpart: counterpart && sequenceIn(counterpart) };
    });
  return entries.toSorted((one, other) => orderOf(one) - orderOf(other) || (userOf(one) < userOf(other) ? -1 : 1));
}

function orderOf({ sequence }: Record<string, unknown>): number {
  return Number(sequence);
}

function userOf({ user }: Record<string, unknown>): string {
  return String(user);
}

async function deletedUsers({ database }: TestServer) {
  return await database.query('select id, username from users where deleted_at is not null order by id');
}
