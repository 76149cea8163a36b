/**
 * A base backup by the replication protocol (https://www.postgresql.org/docs/current/protocol-replication.html): PostgreSQL
 * sends its data folder as a tar archive while it serves, with the WAL that makes the files consistent. It ends the backup by
 * itself when the connection ends.
 */
import { Readable } from 'node:stream';
import pg from 'pg';
import { UnusableBackup } from './archive.js';

/** The kinds of messages that begin with these bytes. */
const NEW_ARCHIVE = 'n'.charCodeAt(0);
const CONTENTS = 'd'.charCodeAt(0);

/** What `pg` has and its types lack: a query is told the data of a COPY, and says at its end how it went. */
const Query = pg.Query as unknown as new (text: string, callback: (error: Error | null) => void) => pg.Query;

/** Reads what BASE_BACKUP sends; `pg` leaves such data to the query. */
class BaseBackup extends Query {
  readonly #onMessage: (message: Buffer) => void;

  constructor(text: string, onMessage: (message: Buffer) => void, callback: (error: Error | null) => void) {
    super(text, callback);
    this.#onMessage = onMessage;
  }

  handleCopyData({ chunk }: { readonly chunk: Buffer }): void {
    this.#onMessage(chunk);
  }
}

/**
 * Begins a base backup of the cluster at a URL, whose role may replicate. The stream is a complete tar archive. Destroying the
 * stream ends the backup.
 *
 * @throws Error when the connection or the slot is refused. The stream fails with UnusableBackup for a cluster with tablespaces,
 *   and with the error of PostgreSQL.
 */
export async function readBaseBackup(url: string): Promise<Readable> {
  const replication = new URL(url);
  replication.searchParams.set('replication', 'true');
  const client = new pg.Client({ connectionString: replication.href, application_name: 'scrip backup' });
  client.on('error', () => {}); // the query fails with it
  await client.connect();
  try {
    // Keeps the WAL of the backup until the connection ends, however much is written meanwhile.
    await client.query(`CREATE_REPLICATION_SLOT scrip_backup_${process.pid} TEMPORARY PHYSICAL ( RESERVE_WAL )`);
  } catch (error) {
    await client.end();
    throw error;
  }
  return stream(client);
}

function stream(client: pg.Client): Readable {
  const socket = client.connection.stream;
  let archives = 0;
  const archive = new Readable({
    read: () => void socket.resume(),
    destroy: (error, callback) => {
      socket.destroy();
      callback(error);
    },
  });
  archive.on('error', () => {}); // who reads it learns of it, also when they begin later
  const onMessage = (message: Buffer) => {
    if (archive.destroyed) return;
    const [kind] = message;
    if (kind === NEW_ARCHIVE && ++archives > 1) {
      archive.destroy(
        new UnusableBackup('The cluster has tablespaces, which a backup cannot hold. Use pg_basebackup.'),
      );
    } else if (kind === CONTENTS) {
      const contents = Buffer.from(message.subarray(1)); // a copy: the next message overwrites it
      if (!archive.push(contents)) socket.pause();
    }
  };
  const onEnd = (error: Error | null) => {
    if (error === null) archive.push(null);
    else archive.destroy(error);
  };
  const command = "BASE_BACKUP ( LABEL 'scrip backup', CHECKPOINT 'fast', WAL true, MANIFEST 'no' )";
  client.query(new BaseBackup(command, onMessage, onEnd));
  return archive;
}
