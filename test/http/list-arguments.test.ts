import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import type { IssuedToken } from '../support/server.js';
import { sizeExpectations } from './size-expectations.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const { expectRefusal, expectAnswer } = sizeExpectations(() => token);
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

describe('A list in an argument', () => {
  it('costs 5 fields for each of its items, whether or not a result is selected', async ({ server }) => {
    const { id } = await server.user();
    const operation = { add: { user: { id }, points: 1 } };
    const apply = (fields: number, input: string) =>
      `mutation ($o: [PointsOperation!]!) { ${times(fields, (index) => `a${index}: applyPoints(input: ${input}) { __typename }`)} }`;
    const refused = 'cost of 50100 fields';
    await expectRefusal(server, apply(50, '{ operations: $o }'), refused, { o: Array(200).fill(operation) });
    const written = `{ operations: [${times(10, () => '$one')}] }`;
    const byItem = apply(1, written).replace('$o: [PointsOperation!]!', '$one: PointsOperation!');
    await expectAnswer(server, byItem, { one: operation });
    await expectAnswer(server, apply(50, '{ operations: $o }'), { o: operation });
    const input = apply(50, '$o').replace('[PointsOperation!]!', 'ApplyPointsInput!');
    await expectRefusal(server, input, refused, { o: { operations: Array(200).fill(operation) } });
    expect(await server.database.query('select points from balances where user_id = $1', [id])).toMatchObject([
      { points: '60' },
    ]);

    const issue = (fields: number) =>
      `mutation ($s: [Scope!]!) { ${times(fields, (index) => `a${index}: issueToken(input: { name: "x", scopes: $s }) { __typename }`)} }`;
    await expectRefusal(server, issue(50), refused, { s: Array(200).fill('USERS_READ') });
    await expectAnswer(server, issue(1), { s: Array(200).fill('USERS_READ') });
  });
});
