import { describe, expect } from 'vitest';
import { ApplyPointsDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { watchStatements } from '../support/statements.js';

describe('Mutation.applyPoints', () => {
  it('is one look-up for the names of a thousand changes, and a statement for each hundred of them', async ({
    server,
  }) => {
    const token = await server.token(['points:add', 'points:spend']);
    const users = await Promise.all(Array.from({ length: 100 }, () => server.user()));
    const statements = watchStatements();
    const operations = Array.from({ length: 1_000 }, (_, n) => ({
      add: { user: { username: users[n % 100]?.username ?? '' }, points: 1 },
    }));
    const { data } = await server.send(token, ApplyPointsDocument, { input: { operations } });
    const names = statements.queries().map((query) => Object(query).name);
    expect(data.applyPoints.results.every(({ error }) => error === null)).toBe(true);
    const count = (name: string) => names.filter((each) => each === name).length;
    expect(count('users_by_name')).toBe(1);
    expect(count('users_by_id')).toBe(1);
    expect(count('tokens_by_secret')).toBe(10); // before each hundred
    expect(count('apply_changes')).toBeLessThanOrEqual(20); // a hundred are spread over two connections
    expect(names.length).toBeLessThanOrEqual(55); // with one or two notifications for each hundred
  });
});
