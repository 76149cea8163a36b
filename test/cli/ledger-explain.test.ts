import { expect } from 'vitest';
import {
  AddPointsDocument,
  CaptureHoldDocument,
  HoldPointsDocument,
  ReversePointsDocument,
  TransferPointsDocument,
} from '../operations/generated.js';
import { JWT_SECRET } from '../process/program.js';
import { itWith } from '../support/server-fixture.js';
import { ledger } from './ledger.js';

const it = itWith({ JWT_SECRET });

it('scrip ledger explain names the other user of a transfer and the hold of an entry, and lists open holds', async ({
  server,
}) => {
  const token = await server.everything();
  const { id } = await server.user({ username: 'bob' });
  const other = await server.user({ username: 'ann' });
  const user = { id };
  await server.send(token, AddPointsDocument, { input: { user, points: 100 } });
  const hold = async (points: number, notes: { reference?: string; reason?: string } = {}) => {
    const input = { user, points, expiresInSeconds: 60, ...notes };
    return (await server.send(token, HoldPointsDocument, { input })).data.change.hold;
  };
  const first = await hold(10);
  const second = await hold(20, { reference: 'seat 7', reason: 'a \u001b[31mseat' });
  const third = await hold(5);
  await hold(50);
  await server.send(token, CaptureHoldDocument, { input: { hold: first.id } });
  await server.send(token, CaptureHoldDocument, { input: { hold: third.id, to: { id: other.id } } });
  const back = { from: { id: other.id }, to: user, points: 1 };
  const { data } = await server.send(token, TransferPointsDocument, { input: back });
  await server.send(token, ReversePointsDocument, { input: { entryId: data.change.credit.id } });
  // An expired hold is not open, whether it is marked or not.
  await server.database.query(
    `update holds set created_at = created_at - interval '1 hour', expires_at = now() where user_id = $1 and number = 4`,
    [id],
  );
  await server.database.query(
    `update balances set holds_until = (select min(expires_at) from holds where user_id = $1 and state = 'HELD') where user_id = $1`,
    [id],
  );
  const { status, stdout, stderr } = await ledger(server, 'explain', 'bob');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = stdout.split('\n');
  const withOf = [
    /ADD +\+100 /,
    /SPEND .* hold 1$/,
    /TRANSFER_OUT .* to ann \(1\), hold 3$/,
    /TRANSFER_IN .* from ann \(2\)$/,
  ];
  withOf.push(/REVERSAL of 4 .* to ann \(3\)$/);
  withOf.forEach((pattern, index) => {
    expect(lines[index + 1]).toMatch(pattern);
  });
  const ends = `${second.id}  +20  ${second.expiresAt}  seat 7 +a \\\\u\\{1b\\}\\[31mseat`;
  expect(lines[7]).toMatch(/^ +HOLD +ID +POINTS +EXPIRES +REFERENCE +REASON$/);
  expect(lines[8]).toMatch(new RegExp(`^ +2  ${ends}$`));
  expect(lines.slice(9)).toEqual(['', 'bob has 85 points after 5 entries: 20 held, 65 available.', '']);
});
