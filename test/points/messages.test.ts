import { expect } from 'vitest';
import { AddPointsDocument, ReversePointsDocument, SpendPointsDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';

it('The messages of changes name one point in the singular', async ({ server }) => {
  const token = await server.everything();
  const { id, username } = await server.user();

  const added = await server.send(token, AddPointsDocument, { input: { user: { id }, points: 1 } });
  expect(added.data.change.message).toBe(`Successfully added 1 point to ${username}`);
  const spent = await server.send(token, SpendPointsDocument, { input: { user: { id }, points: 1 } });
  expect(spent.data.change.message).toBe(`Successfully spent 1 point of ${username}`);
  const { entry } = spent.data.change;
  const reversed = await server.send(token, ReversePointsDocument, { input: { entryId: entry.id } });
  expect(reversed.data.change.message).toBe(`Successfully reversed 1 point of ${username}`);
});
