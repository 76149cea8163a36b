import { describe, expect } from 'vitest';
import { AddPointsDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { watchStatements } from '../support/statements.js';

describe('The points of a user', () => {
  it.for([
    ['a user by name', 'query ($username: String!) { user(by: { username: $username }) { username points } }'],
    ['a user by id', 'query ($id: ID!) { user(by: { id: $id }) { username points } }'],
    ['the caller', '{ viewer { user { username points } } }'],
    ['the leaderboard', '{ leaderboard(first: 1) { nodes { username points } } }'],
  ] as const)('are read together with %s, in one statement', async ([, document], { server }) => {
    const token = await server.everything();
    const { id, username } = token.owner;
    const added = await server.send(token, AddPointsDocument, { input: { user: { id }, points: nextPoints() } });
    const { points } = added.data.change;
    const statements = watchStatements();
    const response = await server.send(token, document, document.includes('$') ? { id, username } : {});
    expect(response.errors).toBeUndefined();
    expect(JSON.stringify(response.data)).toContain(JSON.stringify({ username, points }));
    const names = statements.queries().map((query) => Object(query).name);
    expect(names.filter((name) => name !== 'notify')).toHaveLength(2); // the other one looks the token up
  });
});

let last = 0;

/** More than any user before, so that the leaderboard begins with the user who gets them. */
function nextPoints(): number {
  last += 10;
  return last;
}
