import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect } from 'vitest';
import { createClient } from '../../src/client/client.js';
import { type Line, openLine } from '../client/line.js';
import { RevokeTokenDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { keepSecret } from '../support/leaks.js';

let line: Line | undefined;
afterEach(() => line?.close());

describe('The example of a chat bot', () => {
  it('gives each message its point once, however often it starts and whatever becomes of the connections', async ({
    server,
  }) => {
    const user = await server.user({ username: 'ada' });
    const { secret } = await server.token(['points:add', 'users:link']);
    const messages = await readFile('docs/examples/chat-bot/messages.ndjson', 'utf8');
    line = await openLine(server, ['LOST', 'LOST', 'LOST', 'LOST']);
    const first = await runBot({ url: line.url, token: secret, messages });
    expect(first).toEqual({
      code: 0,
      replies: [
        'U1 is not linked to a user. Ask a moderator: !link U1 USERNAME',
        'U1 is ada.',
        'Points of U1: 1',
        'Points of U1: 2',
      ],
    });
    expect(line.requests()).toBeGreaterThan(4);

    // The first message is rewarded now, since its author is linked; the other two have the responses that they had.
    const second = await runBot({ url: `${server.url}/graphql`, token: secret, messages });
    expect(second.replies).toEqual(['Points of U1: 3', 'U1 is ada.', 'Points of U1: 1', 'Points of U1: 2']);
    const rows = await server.database.query('select points::int from balances where user_id = $1', [user.id]);
    expect(rows).toEqual([{ points: 3 }]);
  });

  it('gives the point under another key where the first was closed, and passes over a message that cannot be taken', async ({
    server,
  }) => {
    const { secret } = await server.token(['points:add', 'users:link']);
    await server.user({ username: 'cleo' });
    const url = `${server.url}/graphql`;
    const link = JSON.stringify({ id: 'c0', author: 'M', isModerator: true, text: '!link U4 cleo' });
    expect((await runBot({ url, token: secret, messages: link })).replies).toEqual(['U4 is cleo.']);
    const { errors } = await createClient({ url, credential: secret }).send(
      'mutation Close($input: ResolvePointsInput!) { resolvePoints(input: $input) { result { error { code } } } }',
      { input: { user: { external: { issuer: 'chat', id: 'U4' } }, idempotencyKey: 'chat c1' } },
    );
    expect(errors).toBeUndefined();
    const messages = ['c1', 'c'.repeat(300), 'c2', 'c1'].map((id) =>
      JSON.stringify({ id, author: 'U4', text: 'hello' }),
    );
    const { code, replies } = await runBot({ url, token: secret, messages: messages.join('\n') });
    expect(replies).toEqual([
      'Points of U4: 1',
      expect.stringMatching(/100 characters/),
      'Points of U4: 2',
      'Points of U4: 1',
    ]);
    expect(code).toBe(0);
  });

  it('lets only moderators link, and tells what is wrong with a link', async ({ server }) => {
    await server.user({ username: 'bob' });
    const { secret } = await server.token(['points:add', 'users:link']);
    const moderator = { author: 'M', isModerator: true };
    const messages = [
      { id: 'l1', author: 'U2', text: '!link U2 bob' },
      { id: 'l2', ...moderator, text: '!link U2' },
      { id: 'l3', ...moderator, text: '!link U2 missing' },
      'no message',
      { id: 'l4', ...moderator, text: '!link U2 bob' },
    ].map((message) => JSON.stringify(message));
    const { code, replies } = await runBot({
      url: `${server.url}/graphql`,
      token: secret,
      messages: messages.join('\n'),
    });
    expect(code).toBe(0);
    expect(replies).toEqual([
      'Only moderators link users.',
      'Usage: !link CHAT-ID USERNAME',
      expect.stringMatching(/user/i),
      'U2 is bob.',
    ]);
  });

  it('ends when its token is revoked', async ({ server }) => {
    const { id, secret } = await server.token(['points:add', 'users:link']);
    await server.send(await server.everything(), RevokeTokenDocument, { input: { id } });
    const messages = JSON.stringify({ id: 'r1', author: 'U3', text: 'hello' });
    expect(await runBot({ url: `${server.url}/graphql`, token: secret, messages })).toEqual({ code: 1, replies: [] });
  });

  it('says which token it needs', async () => {
    expect(await runBot({ url: 'http://127.0.0.1:1/graphql', token: '', messages: '' })).toEqual({
      code: 2,
      replies: [],
    });
  });
});

interface Run {
  readonly url: string;
  readonly token: string;
  readonly messages: string;
}

/** The bot as its README starts it. */
async function runBot({ url, token, messages }: Run) {
  if (token !== '') keepSecret(token);
  const env = { PATH: process.env['PATH'], SCRIP_URL: url, SCRIP_TOKEN: token };
  const bot = spawn(process.execPath, ['docs/examples/chat-bot/chat-bot.mjs'], {
    env,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  bot.stdin.on('error', () => {}); // it may end before it has read everything
  bot.stdin.end(messages);
  const [output, [code]] = await Promise.all([text(bot.stdout), once(bot, 'close')]);
  return { code, replies: output.split('\n').filter((reply) => reply !== '') };
}
