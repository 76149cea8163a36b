import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createDatabase, type TestDatabase } from '../support/database.js';

/** A database that is reached over a wire, which a test can cut. */
export interface Relay {
  readonly database: TestDatabase;
  /** The database's URL, over the wire. */
  readonly url: string;
  /** Whatever is sent waits: a database that has stopped answering. */
  hold(): void;
  /** What waited goes on its way. */
  release(): void;
  /** Breaks every connection and takes no new one: a database that is away. */
  cut(): void;
  mend(): Promise<void>;
  close(): Promise<void>;
}

/** Makes a database and a wire to it. */
export async function createRelay(): Promise<Relay> {
  const database = await createDatabase();
  const target = new URL(database.url);
  const sockets = new Set<Socket>();
  let isHeld = false;

  const relay = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    if (isHeld) near.pause();
  });
  const listen = async (port: number) => await once(relay.listen(port, '127.0.0.1'), 'listening');
  await listen(0);
  const { port } = relay.address() as AddressInfo; // it listens on TCP
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(port);

  const cut = () => {
    relay.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    database,
    url: url.href,
    hold: () => {
      isHeld = true;
      for (const socket of sockets) socket.pause();
    },
    release: () => {
      isHeld = false;
      for (const socket of sockets) socket.resume();
    },
    cut,
    mend: async () => void (await listen(port)),
    close: async () => {
      cut();
      await database.drop();
    },
  };
}
