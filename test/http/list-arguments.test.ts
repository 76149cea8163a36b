import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import type { IssuedToken, TestServer } from '../support/server.js';

let token: IssuedToken;
it.beforeAll(async ({ server }) => {
  token = await server.everything();
});

const send = (server: TestServer, query: string, variables = {}) => server.send(token, query, variables);
const times = (count: number, text: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => text(i)).join(' ');

async function expectRefusal(server: TestServer, query: string, message: string, variables = {}): Promise<void> {
  const { status, data, errors } = await send(server, query, variables);
  expect({ status, data }).toEqual({ status: 400, data: undefined });
  expect(errors).toHaveLength(1);
  expect(errors?.[0]?.message).toContain(message);
  expect(errors?.[0]?.extensions).toEqual({ code: 'OPERATION_TOO_COMPLEX' });
}

async function expectAnswer(server: TestServer, query: string, variables = {}): Promise<void> {
  expect(await send(server, query, variables)).toMatchObject({ status: 200, errors: undefined });
}

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
