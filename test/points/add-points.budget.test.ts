import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { watchStatements } from '../support/statements.js';

describe('Mutation.addPoints', () => {
  it('is one statement for the token, and one for the change, its user and its entry', async ({ server }) => {
    const adder = await server.token(['points:add']);
    const { username } = await server.user();
    const statements = watchStatements();
    const input = { user: { username }, points: 5, idempotencyKey: 'k' };
    const selected = '{ message points replayed user { id username } entry { id delta balanceAfter createdAt } }';
    const document = `mutation ($input: AddPointsInput!) { addPoints(input: $input) ${selected} }`;
    const { errors } = await server.send(adder, document, { input });
    const names = statements.queries().map((query) => Object(query).name);
    expect(errors).toBeUndefined();
    expect(names.filter((name) => name !== undefined)).toEqual(['tokens_by_secret', 'apply_points']);
  });
});
