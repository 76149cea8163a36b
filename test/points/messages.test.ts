import { expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { ADD, REVERSE, SPEND } from './documents.js';

it('Messages name a single point in the singular', async ({ server }) => {
  const token = await server.everything();
  const { id, username } = await server.user();
  const change = async (document: string, input: object) => (await server.send(token, document, { input })).data.change;

  const added = await change(ADD, { user: { id }, points: 1 });
  expect(added.message).toBe(`Successfully added 1 point to ${username}`);
  const spent = await change(SPEND, { user: { id }, points: 1 });
  expect(spent.message).toBe(`Successfully spent 1 point of ${username}`);
  const reversed = await change(REVERSE, { entryId: spent.entry.id });
  expect(reversed.message).toBe(`Successfully reversed 1 point of ${username}`);
});
