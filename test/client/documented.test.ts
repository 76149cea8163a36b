import { expect, vi } from 'vitest';
import { WebSocket } from 'ws';
import { createClient } from '../../src/client/client.js';
import { AddPointsDocument, CreateUserDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { buy, makeImage, openShop, watch } from './documented.js';

const CREDENTIALS = { username: 'reader-of-documents', password: 'correct horse battery' };

it('The examples of the documents do what they say', async ({ server }) => {
  const everything = await server.everything();
  const { data } = await server.send(everything, CreateUserDocument, { input: CREDENTIALS });
  const user = { id: data.createUser.user.id };
  const { errors } = await server.send(everything, AddPointsDocument, { input: { user, points: 15 } });
  expect(errors).toBeUndefined();
  const url = `${server.url}/graphql`;
  const { secret } = await server.token(['points:read', 'points:spend', 'users:read']);
  const client = createClient({ url, credential: secret, WebSocket });
  const { username } = CREDENTIALS;
  const shown: number[] = [];
  const leaving = new AbortController();
  const watched = watch(client, { username }, (points) => shown.push(points), leaving.signal);
  await vi.waitFor(() => expect(shown).toEqual([15]), 10_000);

  expect(await buy(client, username, 'order-1')).toBe('Thank you. You have 12 points left.');
  expect(await makeImage(client, username, 'job-7', async () => 10)).toEqual({ kind: 'TAKEN', taken: 10 });
  expect(await buy(client, username, 'order-2')).toBe('You have only 2 points.');
  await vi.waitFor(() => expect(shown).toEqual([15, 12, 2]), 10_000);
  leaving.abort();
  await watched;

  const shop = openShop(url);
  expect(await shop.session.logIn(CREDENTIALS)).toBeUndefined();
  expect(await shop.client.balance(user)).toEqual({ points: 2, available: 2, sequence: 3 });
});
