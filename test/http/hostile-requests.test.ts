import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { get, post } from '../support/http.js';
import { openSocket } from '../support/socket.js';
import { bodyOf, HOSTILE_REQUESTS } from './hostile-requests.js';

/** Node answers 431 to longer request lines. */
const MAX_URL_BYTES = 15_000;

describe('A hostile request', () => {
  const accept = { accept: 'application/graphql-response+json' };

  it.for(HOSTILE_REQUESTS)('is answered for what it is, over POST: $name', async (request, { server }) => {
    const { status, errors } = await post(server, bodyOf(request), accept);
    expect(codesOf(request)).toContain(errors?.[0]?.extensions['code']);
    if (request.code === 'OPERATION_TOO_COMPLEX') expect(status).toBe(400); // as for its other code
    expect(status).toBeLessThan(500);
    expect(JSON.stringify(errors ?? '')).not.toContain('call stack');
  });

  const inUrl = ({ query, variables }: (typeof HOSTILE_REQUESTS)[number]) => ({ query, variables });
  const short = HOSTILE_REQUESTS.filter(
    (request) =>
      !request.query.startsWith('mutation') && new URLSearchParams(inUrl(request)).toString().length < MAX_URL_BYTES,
  );

  it.for(short)('is answered likewise over GET: $name', async (request, { server }) => {
    const { errors } = await get(server, inUrl(request), accept);
    expect(codesOf(request)).toContain(errors?.[0]?.extensions['code']);
  });

  it.for(HOSTILE_REQUESTS)('is answered likewise over WebSocket: $name', async (request, { server }) => {
    const socket = await openSocket(server);
    await socket.init();
    socket.socket.send(`{"type":"subscribe","id":"1","payload":${bodyOf(request)}}`);
    const message = await socket.next();
    const errors = message?.type === 'error' ? message.payload : message?.payload?.errors;
    expect(codesOf(request)).toContain(errors?.[0]?.extensions.code);
    socket.socket.close();
  });

  it('is no error of the server: none of them is in its log', ({ server }) => {
    expect(server.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  });
});

function codesOf({ code, orCode = code }: (typeof HOSTILE_REQUESTS)[number]) {
  return [code, orCode];
}
