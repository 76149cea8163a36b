import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { describe, expect, inject, it, onTestFinished } from 'vitest';
import { openDatabase } from '../../src/database/open-database.js';

const certificate = new URL('self-signed.pem', import.meta.url);
const leaf = new URL('private-leaf.pem', import.meta.url);
const authority = fileURLToPath(new URL('private-authority.pem', import.meta.url));

/** The error of a start whose database cannot be reached. It never contains the password. */
async function refusal(url: URL): Promise<string> {
  const config = {
    poolSize: 2,
    behindPooler: false,
    listenUrl: undefined,
    home: '.',
    durability: 'server',
    startTimeoutSeconds: 5,
    requireSyncStandby: false,
  } as const;
  const error = await openDatabase(
    { ...config, source: { kind: 'url', url: url.href } },
    pino({ level: 'silent' }),
  ).then(
    () => 'none',
    (thrown: unknown) => thrown,
  );
  if (url.password !== '') expect(String(error)).not.toContain(url.password);
  return String(error);
}

/** The run's PostgreSQL, which has no TLS. */
function postgres(parameters: Record<string, string>): URL {
  const url = new URL(inject('postgresUrl'));
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

/** A server that reads the first message of a connection, a request for TLS, and goes on like this. */
async function serve(goOn: (socket: Socket) => void, parameters: Record<string, string>): Promise<URL> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => goOn(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  // A TCP server that listens on an address has an address of this shape.
  const { port } = server.address() as AddressInfo;
  const url = new URL(`postgres://scrip:hunter2@127.0.0.1:${port}/scrip`);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return url;
}

/** Offers TLS with the certificate of db.example. */
function offerTls(socket: Socket): void {
  secure(socket, certificate);
}

function secure(socket: Socket, file: URL): TLSSocket {
  socket.write('S');
  const pem = readFileSync(file);
  return new TLSSocket(socket, { isServer: true, cert: pem, key: pem }).on('error', () => {});
}

/** The message ErrorResponse of PostgreSQL's protocol. */
function refuseWith(sqlState: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0M${message}\0\0`);
  const head = Buffer.alloc(5);
  head.write('E');
  head.writeInt32BE(4 + fields.length, 1);
  return Buffer.concat([head, fields]);
}

describe('The error of a database that cannot be reached', () => {
  it.each([
    [
      'the URL requires TLS, and the server has none',
      { sslmode: 'verify-full' },
      /does not offer TLS.*remove sslmode from DATABASE_URL/,
    ],
    [
      'a file that the URL names does not exist',
      { sslrootcert: '/nowhere/ca.pem' },
      /: sslrootcert in DATABASE_URL cannot be used: the file does not exist\.$/,
    ],
    [
      'the server has no TLS, and sslrootcert is not a file of certificates',
      { sslrootcert: fileURLToPath(import.meta.url), sslmode: 'verify-full' },
      /does not offer TLS/,
    ],
  ])('names the cause where %s', async (_case, parameters, words) => {
    expect(await refusal(postgres(parameters))).toMatch(words);
  });

  it('names a missing and a wrong password', async () => {
    const url = postgres({});
    url.password = '';
    expect(await refusal(url)).toContain('the server asks for a password, and DATABASE_URL has no password: add it');
    url.password = 'hunter2';
    expect(await refusal(url)).toMatch(/password authentication failed for user "\w+"\.$/);
  });

  it('names a missing password where the server asks for an MD5 hash, which the driver sends without a password', async () => {
    const url = await serve((socket) => {
      socket.write(Buffer.concat([Buffer.from('R\0\0\0\x0c\0\0\0\x05'), Buffer.from('salt')]));
      socket.once('data', () => socket.end(refuseWith('28P01', 'password authentication failed for user "scrip"')));
    }, {});
    url.password = '';
    expect(await refusal(url)).toMatch(/password authentication failed .*, and DATABASE_URL has no password: add it/);
    url.searchParams.set('password', 'hunter2');
    expect(await refusal(url)).toMatch(/password authentication failed for user "scrip"\.$/);
  });

  it('names a user and a database that the URL lacks', async () => {
    const unknownRole = await serve((socket) => socket.end(refuseWith('28000', 'role "root" does not exist')), {});
    unknownRole.username = '';
    expect(await refusal(unknownRole)).toMatch(/role "root" does not exist, and DATABASE_URL has no user: add it/);
    const unknownDatabase = await serve((socket) => socket.end(refuseWith('3D000', 'database "u" does not exist')), {});
    unknownDatabase.pathname = '/';
    expect(await refusal(unknownDatabase)).toMatch(/does not exist, and DATABASE_URL has no database: add it/);
  });

  it('says that another service responds at the address', async () => {
    const url = await serve((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), { sslmode: 'verify-full' });
    expect(await refusal(url)).toContain('what answers at this address is not PostgreSQL');
  });

  it('names a certificate that is unknown, a file without certificates, and a certificate for another host', async () => {
    const unknown = await serve(offerTls, { sslmode: 'verify-full' });
    expect(await refusal(unknown)).toMatch(/self-signed: .*sslrootcert.*sslmode=no-verify/);
    const text = fileURLToPath(import.meta.url);
    const unreadable = await serve(offerTls, { sslmode: 'verify-full', sslrootcert: text });
    expect(await refusal(unreadable)).toContain(
      `the file ${text} that DATABASE_URL names in sslrootcert holds no cert`,
    );
    const misnamed = await serve(offerTls, { sslmode: 'verify-full', sslrootcert: fileURLToPath(certificate) });
    expect(await refusal(misnamed)).toMatch(/is for another host name/);
  });

  it('names an unknown authority, which sslrootcert makes known', async () => {
    const goOn = (socket: Socket) => {
      const encrypted = secure(socket, leaf);
      encrypted.once('data', () => encrypted.end(refuseWith('28000', 'the handshake was completed')));
    };
    for (const sslmode of ['require', 'verify-full']) {
      expect(await refusal(await serve(goOn, { sslmode }))).toMatch(
        /an authority that is not known here: .*sslrootcert/,
      );
      const known = await serve(goOn, { sslmode, sslrootcert: authority });
      expect(await refusal(known)).toContain('the handshake was completed');
    }
  });

  it('names DATABASE_POOLER where a pooler rejects settings at connect', async () => {
    const message = 'unsupported startup parameter: statement_timeout';
    const url = await serve((socket) => socket.end(refuseWith('08P01', message)), {});
    expect(await refusal(url)).toContain('set DATABASE_POOLER=on');
  });

  it('names the address without the password', async () => {
    const url = await serve((socket) => socket.end('nonsense'), { sslmode: 'verify-full' });
    expect(await refusal(url)).toContain(url.host);
  });
});
