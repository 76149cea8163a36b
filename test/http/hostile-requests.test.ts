import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { CreatePostDocument } from '../operations/generated.js';
import { it } from '../support/fixtures.js';
import { get, post } from '../support/http.js';
import type { LoggedIn, TestServer } from '../support/server.js';
import { itWith } from '../support/server-fixture.js';
import { openSocket } from '../support/socket.js';
import { bodyOf, type HostileRequest } from './hostile-request.js';
import {
  HOSTILE_REQUESTS,
  HOSTILE_SESSION_REQUESTS,
  HOSTILE_TOKEN_REQUESTS,
  HOSTILE_UNTRUSTED_REQUESTS,
  TRUSTED_DOCUMENT,
} from './hostile-requests.js';

/** Node responds with 431 to longer request lines. */
const MAX_URL_BYTES = 15_000;

/** Of a response to a request that is refused: 100 messages of validation, each cut to 1,000 characters. */
const MAX_REFUSAL_BYTES = 150_000;

const accept = { accept: 'application/graphql-response+json' };

describe('A hostile request', () => {
  it.for(HOSTILE_REQUESTS)('is refused or run within the limits, over POST: $name', async (request, { server }) => {
    const { status, data, errors } = await post(server, bodyOf(request), accept);
    expectRefusal(request, { status, data, errors });
    if (request.code === 'OPERATION_TOO_COMPLEX') expect(status).toBe(400); // as for its other code
    expect(status).toBeLessThan(500);
  });

  const inUrl = ({ query, variables, operationName = '' }: HostileRequest) => ({ query, variables, operationName });
  const short = HOSTILE_REQUESTS.filter(
    (request) =>
      !request.query.startsWith('mutation') && new URLSearchParams(inUrl(request)).toString().length < MAX_URL_BYTES,
  );

  it.for(short)('is refused or run likewise over GET: $name', async (request, { server }) => {
    const { errors } = await get(server, inUrl(request), accept);
    expect(codesOf(request)).toContain(errors?.[0]?.extensions['code']);
  });

  it.for(HOSTILE_REQUESTS)('is refused or run likewise over WebSocket: $name', async (request, { server }) => {
    await expectRefusalOverWebSocket(request, server);
  });

  it('is not logged as an error of the server', ({ server }) => expectNoErrorIn(server.log));
});

const itWithSession = itWith();

describe('A hostile request with a session', () => {
  const it = itWithSession;
  let session: LoggedIn;
  it.beforeAll(async ({ server }) => {
    session = await server.session();
    const input = { title: 't', body: '😀'.repeat(20_000) };
    for (let count = 0; count < 12; count++) {
      expect((await server.send(session, CreatePostDocument, { input })).errors).toBeUndefined();
    }
  });

  it.for(HOSTILE_SESSION_REQUESTS)(
    'is refused or run within the limits, over POST: $name',
    async (request, { server }) => {
      const authorization = `Bearer ${session.secret}`;
      const { status, data, errors } = await post(server, bodyOf(request), { ...accept, authorization });
      expect({ status, size: sizeOf({ data, errors }) < 10_000_000 }).toEqual({ status: 200, size: true });
      expect(codesOf(request)).toContain(errors?.[0]?.extensions['code']);
    },
  );

  it.for(HOSTILE_SESSION_REQUESTS)('is refused or run likewise over WebSocket: $name', async (request, { server }) => {
    const { errors, size } = await overWebSocket(request, server, session.secret);
    expect(codesOf(request)).toContain(errors?.[0]?.extensions['code']);
    expect(size).toBeLessThan(10_000_000);
  });

  it('is not logged as an error of the server', ({ server }) => expectNoErrorIn(server.log));
});

const itWithToken = itWith();

describe('A hostile request with an app token', () => {
  const it = itWithToken;
  let secret: string;
  it.beforeAll(async ({ server }) => {
    ({ secret } = await server.token(['points:add', 'points:spend', 'posts:read', 'users:read']));
  });

  it.for(HOSTILE_TOKEN_REQUESTS)(
    'is refused or run within the limits, over POST: $name',
    async (request, { server }) => {
      const { status, data, errors } = await post(server, bodyOf(request), {
        ...accept,
        authorization: `Bearer ${secret}`,
      });
      expect(codesOf(request)).toContain(errors?.[0]?.extensions['code']);
      expect(status).toBeLessThan(500);
      expect(sizeOf({ data, errors })).toBeLessThan(1_500_000);
    },
  );

  it.for(HOSTILE_TOKEN_REQUESTS)('is refused or run likewise over WebSocket: $name', async (request, { server }) => {
    const { errors, size } = await overWebSocket(request, server, secret);
    expect(codesOf(request)).toContain(errors?.[0]?.extensions['code']);
    expect(size).toBeLessThan(1_500_000);
  });

  it('is not logged as an error of the server', ({ server }) => expectNoErrorIn(server.log));
});

const itWithDocument = itWith(async (after) => {
  const directory = await mkdtemp(join(tmpdir(), 'scrip-hostile-'));
  after(() => rm(directory, { recursive: true }));
  const file = join(directory, 'trusted.graphql');
  await writeFile(file, TRUSTED_DOCUMENT);
  return { TRUSTED_DOCUMENTS: file };
});

describe('A hostile request where only trusted documents run', () => {
  const it = itWithDocument;

  it.for(HOSTILE_UNTRUSTED_REQUESTS)(
    'is refused or run within the limits, over POST: $name',
    async (request, { server }) => {
      expectRefusal(request, await post(server, bodyOf(request), accept));
    },
  );

  it.for(HOSTILE_UNTRUSTED_REQUESTS)(
    'is refused or run likewise over WebSocket: $name',
    async (request, { server }) => {
      await expectRefusalOverWebSocket(request, server);
    },
  );
});

function expectRefusal(
  request: HostileRequest,
  { data, errors }: Pick<Awaited<ReturnType<typeof post>>, 'data' | 'errors'> & { status?: number },
) {
  expect(codesOf(request)).toContain(errors?.[0]?.extensions['code']);
  expect(JSON.stringify(errors ?? '')).not.toContain('call stack');
  expect(sizeOf({ data, errors })).toBeLessThan(MAX_REFUSAL_BYTES);
}

async function expectRefusalOverWebSocket(request: HostileRequest, server: TestServer): Promise<void> {
  const { errors, size } = await overWebSocket(request, server);
  expect(codesOf(request)).toContain(errors?.[0]?.extensions['code']);
  expect(size).toBeLessThan(MAX_REFUSAL_BYTES);
}

async function overWebSocket(request: HostileRequest, server: TestServer, secret?: string) {
  const socket = await openSocket(server);
  await socket.init(secret);
  socket.socket.send(`{"type":"subscribe","id":"1","payload":${bodyOf(request)}}`);
  const message = await socket.next();
  socket.socket.close();
  expect(message).toMatchObject({ id: '1' });
  const errors: { extensions: Record<string, unknown> }[] | undefined =
    message?.type === 'error' ? message.payload : message?.payload?.errors;
  return { errors, size: sizeOf(message) };
}

function expectNoErrorIn(log: readonly string[]): void {
  expect(log).not.toEqual([]);
  expect(log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
}

function codesOf({ code, orCode = code }: HostileRequest) {
  return [code, orCode];
}

function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}
