/**
 * A chat bot that gives a point for each message. README.md says how to start it.
 *
 * It reads the messages of a chat from standard input, one JSON object a line, and writes its replies to standard output:
 *
 *     {"id": "m1", "author": "U1", "text": "hello"}
 *     {"id": "m2", "author": "U9", "isModerator": true, "text": "!link U1 ada"}
 */
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { ApiError, createClient, isRetryable, retryDelay, Unavailable } from '@scrip-points/scrip/client';

/** Names the chat in Scrip: a user is linked to an id of this issuer. */
const ISSUER = 'chat';

const POINTS_PER_MESSAGE = 1;

const LINK = `mutation Link($input: LinkExternalIdInput!) {
  linkExternalId(input: $input) { user { username } }
}`;

const { SCRIP_URL = 'http://127.0.0.1:4000/graphql', SCRIP_TOKEN } = process.env;
if (!SCRIP_TOKEN) {
  process.stderr.write('Set SCRIP_TOKEN to an app token with the scopes points:add and users:link.\n');
  process.exit(2);
}
const client = createClient({ url: SCRIP_URL, credential: SCRIP_TOKEN });

for await (const line of createInterface({ input: process.stdin })) {
  const message = parse(line);
  if (message === undefined) process.stderr.write('This line is not a message.\n');
  else process.stdout.write(`${await reply(message).catch(failed)}\n`);
}

/** @returns undefined if the line is not a message. */
function parse(line) {
  try {
    const message = JSON.parse(line);
    const isMessage = [message.id, message.author, message.text].every((text) => typeof text === 'string');
    return isMessage ? message : undefined;
  } catch {
    return undefined;
  }
}

async function reply(message) {
  const [command, chatId, username] = message.text.split(' ');
  if (command !== '!link') return await reward(message);
  // Linking decides who gets the points of a user, so only moderators do it.
  if (message.isModerator !== true) return 'Only moderators link users.';
  if (!chatId || !username) return 'Usage: !link CHAT-ID USERNAME';
  return await link(chatId, username);
}

/**
 * Gives the points once, however often the message is read: its id makes the idempotency key. While Scrip does not respond, the
 * client may have to close a key; the points were not given then, and are given under the next one.
 */
async function reward({ id, author }) {
  for (let number = 1; ; number += 1) {
    const outcome = await untilDecided({
      user: { external: { issuer: ISSUER, id: author } },
      points: POINTS_PER_MESSAGE,
      reason: 'chat message',
      reference: id,
      idempotencyKey: number === 1 ? `${ISSUER} ${id}` : `${ISSUER} ${id} ${number}`,
    });
    if (outcome.kind === 'APPLIED') return `Points of ${author}: ${outcome.points}`;
    const { code } = outcome.refusal.extensions ?? {};
    if (code === 'USER_NOT_FOUND')
      return `${author} is not linked to a user. Ask a moderator: !link ${author} USERNAME`;
    if (code !== 'IDEMPOTENCY_KEY_CLOSED') return outcome.refusal.message;
  }
}

/** The client tries for some seconds. After that time the bot waits, and sends the change again with the same key. */
async function untilDecided(change) {
  for (let attempt = 1; ; attempt += 1) {
    const { outcome, error } = await client.add(change).then(
      (outcome) => ({ outcome, error: outcome.refusal }),
      (error) => ({ error }),
    );
    // Of refusals, only that of a daily limit can be tried again.
    const isOver = outcome === undefined ? !(error instanceof Unavailable) : error === undefined || !isRetryable(error);
    if (isOver && outcome === undefined) throw error;
    if (isOver) return outcome;
    process.stderr.write(`${error.message} Trying again.\n`);
    await delay(retryDelay(error, attempt));
  }
}

/** The same link twice has the effect of one, so that it needs no idempotency key. */
async function link(chatId, username) {
  const input = { user: { username }, external: { issuer: ISSUER, id: chatId } };
  for (let attempt = 1; ; attempt += 1) {
    const { data, errors: [error] = [{ message: 'The response is empty.' }] } = await client.send(LINK, { input });
    if (data?.linkExternalId) return `${chatId} is ${data.linkExternalId.user.username}.`;
    const { code } = error.extensions ?? {};
    if (code === 'USER_NOT_FOUND' || code === 'EXTERNAL_ID_TAKEN') return error.message;
    if (!isRetryable(error)) throw new ApiError(error);
    await delay(retryDelay(error, attempt));
  }
}

/** The reply to a message that Scrip cannot take. Ends the bot where every message would fail, as with a revoked token. */
function failed(error) {
  if (error instanceof ApiError && error.extensions.code === 'BAD_USER_INPUT') return error.message;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
