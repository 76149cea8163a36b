import { describe, expect } from 'vitest';
import { CreateUserDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import type { TestServer } from '../support/server.js';

describe('A password', () => {
  let count = 0;

  const choose = async (server: TestServer, password: string, username = `chooser-${++count}`) =>
    await server.send(await server.everything(), CreateUserDocument, { input: { username, password } });

  it.for([
    ['of 7 characters', 'short-7'],
    ['of 7 emoji, which count once each', '🔑'.repeat(7)],
    ['of 257 characters', 'x'.repeat(257)],
    ['of a megabyte, before it is hashed', 'x'.repeat(1_000_000)],
    ['with NUL', 'a\0bcdefgh'],
    ['with half of a surrogate pair', 'abcdefgh\ud800'],
    ['that is too common', 'password1'],
    ['that is too common in another case', 'SunShine'],
  ] as const)('%s is refused', async ([_what, password], { server }) => {
    const response = await choose(server, password);
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.password' });
    expect(JSON.stringify(response.errors)).not.toContain(password);
  });

  it('that is the username, in any case, is refused', async ({ server }) => {
    const response = await choose(server, 'TheSameTwice', 'thesametwice');
    expect(response.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', field: 'input.password' });
  });

  it.for([
    ['of 8 characters', 'xk7-plmw'],
    ['of 256 characters', 'é'.repeat(256)],
    ['of 256 emoji, a kilobyte', '🔑'.repeat(256)],
    ['of spaces around a word', '  word  '],
  ] as const)('%s is accepted', async ([_what, password], { server }) => {
    expect((await choose(server, password)).errors).toBeUndefined();
  });
});
