import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** The wire between a node and the database, which can be cut in several ways. */
export interface Wire {
  /** The database's URL, over the wire. */
  readonly url: string;
  /** Where it leads from now on. */
  leadTo(url: string): void;
  /** Lets the next statement through and breaks its connection at the response: the client never learns the outcome. */
  swallowNextAnswer(): void;
  /** How many responses were dropped. */
  readonly swallowed: number;
  /** Breaks every connection, and each new one at once, until it is mended. */
  cut(): void;
  mend(): void;
  close(): void;
}

export async function openWire(url: string): Promise<Wire> {
  let target = new URL(url);
  let isCut = false;
  let swallows = false;
  let swallowed = 0;
  const sockets = new Set<Socket>();

  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    const breakBoth = () => {
      if (!near.destroyed) near.resetAndDestroy();
      far.destroy();
    };
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', breakBoth).on('close', () => {
        sockets.delete(socket);
        breakBoth();
      });
    }
    if (isCut) return breakBoth();
    let asksForPoints = false;
    near.on('data', (statement) => {
      asksForPoints = STATEMENTS.some((name) => statement.includes(name));
      far.write(statement);
    });
    far.on('data', (response) => {
      if (!swallows || !asksForPoints || !response.includes(COMMAND_COMPLETE)) return void near.write(response);
      swallows = false;
      swallowed++;
      breakBoth();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const here = new URL(url);
  here.port = String((server.address() as AddressInfo).port); // it listens on TCP

  return {
    url: here.href,
    leadTo: (next) => {
      target = new URL(next);
    },
    swallowNextAnswer: () => {
      swallows = true;
    },
    get swallowed() {
      return swallowed;
    },
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.resetAndDestroy();
    },
    mend: () => {
      isCut = false;
    },
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** The names of the prepared statements that change points, which are sent whenever they are to run. */
const STATEMENTS = ['change_points', 'apply_changes'];

/** The tag that PostgreSQL sends once the statement, a transaction of its own, is durable. */
const COMMAND_COMPLETE = 'SELECT ';
