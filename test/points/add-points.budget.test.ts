import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { watchStatements } from '../support/statements.js';

describe('Mutation.addPoints', () => {
  it('is one statement for a token that is new to the node, and one for the change, its user and its entry', async ({
    server,
  }) => {
    const adder = await server.token(['points:add']);
    const { username } = await server.user();
    const statements = watchStatements();
    const input = { user: { username }, points: 5 };
    const selected = '{ message points replayed user { id username } entry { id delta balanceAfter createdAt } }';
    const document = `mutation ($input: AddPointsInput!) { addPoints(input: $input) ${selected} }`;
    const send = async (idempotencyKey: string) => {
      statements.clear();
      const { errors } = await server.send(adder, document, { input: { ...input, idempotencyKey } });
      expect(errors).toBeUndefined();
      const names = statements.queries().map((query) => Object(query).name);
      return names.filter((name) => name !== undefined && name !== 'notify'); // other nodes are told of it later
    };
    expect(await send('k')).toEqual(['tokens_by_secret', 'change_points']);
    // The token is known by then, and compared by the statement of the change.
    expect(await send('l')).toEqual(['change_points']);
  });
});
