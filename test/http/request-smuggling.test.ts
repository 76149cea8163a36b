import { describe, expect } from 'vitest';
import { it } from '../support/fixtures.js';
import { open, post } from '../support/http.js';
import type { TestServer } from '../support/server.js';

/** What a proxy that frames requests otherwise than this server would pass on inside of another request. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nhost: scrip\r\n\r\n';

const QUERY = '{"query":"{ __typename }"}';
const CHUNK = `${QUERY.length.toString(16)}\r\n${QUERY}\r\n`;
const CHUNKED = `${CHUNK}0\r\n\r\n`;

/** Requests whose end readers of HTTP have disagreed on, each with the fields and the body. */
const AMBIGUOUS = [
  // Which fields say it.
  ['a length beside Transfer-Encoding', ['content-length: 4', 'transfer-encoding: chunked'], CHUNKED],
  ['Transfer-Encoding beside a length', ['transfer-encoding: chunked', 'content-length: 4'], CHUNKED],
  ['two lengths that differ', ['content-length: 0', `content-length: ${QUERY.length}`], QUERY],
  ['two lengths that are equal', Array(2).fill(`content-length: ${QUERY.length}`), QUERY],
  ['a list of lengths', [`content-length: ${QUERY.length}, ${QUERY.length}`], QUERY],
  ['a length with a sign', [`content-length: +${QUERY.length}`], QUERY],
  ['a length below zero', ['content-length: -1'], QUERY],
  ['a length in hexadecimal', ['content-length: 0x1a'], QUERY],
  ['an empty length', ['content-length:'], QUERY],
  ['a length beyond 64 bits', ['content-length: 18446744073709551642'], QUERY],
  ['white space before the colon of a length', [`content-length : ${QUERY.length}`], QUERY],
  ['white space before the colon of Transfer-Encoding', ['transfer-encoding : chunked'], CHUNKED],
  ['a tab before the colon of Transfer-Encoding', ['transfer-encoding\t: chunked'], CHUNKED],
  ['white space before the name of Transfer-Encoding', ['x: y', ' transfer-encoding: chunked'], CHUNKED],
  ['a folded Transfer-Encoding', ['transfer-encoding:', ' chunked'], CHUNKED],
  ['an unknown coding', ['transfer-encoding: xchunked'], CHUNKED],
  ['a coding after chunked', ['transfer-encoding: chunked, identity'], CHUNKED],
  ['a second Transfer-Encoding', ['transfer-encoding: chunked', 'transfer-encoding: identity'], CHUNKED],
  ['a vertical tab before the coding', ['transfer-encoding: \vchunked'], CHUNKED],
  ['a NUL after the coding', ['transfer-encoding: chunked\0'], CHUNKED],
  ['a carriage return within a field', ['x: y\rtransfer-encoding: chunked'], CHUNKED],
  // Where a chunk ends.
  ['a chunk of a size that is no number', ['transfer-encoding: chunked'], `x${CHUNKED}`],
  ['a chunk of a size with a prefix', ['transfer-encoding: chunked'], `0x${CHUNKED}`],
  ['a chunk of a size below zero', ['transfer-encoding: chunked'], `-${CHUNKED}`],
  ['a chunk of a size beyond 64 bits', ['transfer-encoding: chunked'], `1${'0'.repeat(16)}${CHUNKED}`],
  ['a chunk that is longer than its size', ['transfer-encoding: chunked'], `1\r\n${QUERY}\r\n0\r\n\r\n`],
  ['a chunk size that ends with a line feed', ['transfer-encoding: chunked'], `1a\n${QUERY}\r\n0\r\n\r\n`],
  ['a chunk extension that holds a line feed', ['transfer-encoding: chunked'], `1a;a=b\nc\r\n${QUERY}\r\n0\r\n\r\n`],
  ['chunk extensions of 20 KB', ['transfer-encoding: chunked'], `1a;${'x'.repeat(20_000)}\r\n${QUERY}\r\n0\r\n\r\n`],
] as const;

/** Everything that a server sends on a connection until it closes it. */
async function exchange(server: TestServer, text: string): Promise<string> {
  const socket = await open(server);
  let received = '';
  socket.on('data', (chunk) => {
    received += chunk;
  });
  socket.on('error', () => {}); // the server may close it before it has read all
  socket.write(text, 'latin1');
  await new Promise((resolve) => socket.once('close', resolve));
  return received;
}

const request = (fields: readonly string[], body: string) => {
  const head = ['POST /graphql HTTP/1.1', 'host: scrip', 'content-type: application/json', ...fields];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
};

const statusesIn = (received: string) =>
  [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status));

const pathsIn = ({ log }: TestServer) => log.map((line) => JSON.parse(line).path);

describe('A request whose end is ambiguous', () => {
  it.for(AMBIGUOUS)(
    'has its connection closed, and no request after it is handled: %s',
    async ([, fields, body], { server }) => {
      const statuses = statusesIn(await exchange(server, request(fields, body + SMUGGLED)));
      expect(statuses.length).toBeLessThanOrEqual(1);
      for (const status of statuses) expect([400, 413]).toContain(status);
      expect(pathsIn(server)).not.toContain('/smuggled');
      expect((await post(server, QUERY)).data).toEqual({ __typename: 'Query' });
    },
  );

  it('differs from one in chunks with an extension and a trailer: the next request is handled', async ({ server }) => {
    const body = `1a;name="value"\r\n${QUERY}\r\n0;last\r\nx-trailer: GET /smuggled HTTP/1.1\r\n\r\n`;
    const next = 'GET /next HTTP/1.1\r\nhost: scrip\r\nconnection: close\r\n\r\n';
    const received = await exchange(server, request(['transfer-encoding: chunked'], body + next));
    expect(statusesIn(received)).toEqual([200, 404]);
    expect(pathsIn(server)).toContain('/next');
    expect(pathsIn(server)).not.toContain('/smuggled');
  });

  it('differs from one that is refused with a body: the next request is handled', async ({ server }) => {
    const unknown = `POST /unknown HTTP/1.1\r\nhost: scrip\r\ncontent-length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`;
    const next = 'GET /next HTTP/1.1\r\nhost: scrip\r\nconnection: close\r\n\r\n';
    expect(statusesIn(await exchange(server, unknown + next))).toEqual([404, 404]);
    expect(pathsIn(server)).not.toContain('/smuggled');
  });
});
