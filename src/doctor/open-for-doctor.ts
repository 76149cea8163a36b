/** Connects to the database as a server does, and starts, makes and changes nothing. */
import type { Config } from '../config.js';
import { addressOf } from '../database/address.js';
import { connect } from '../database/connect.js';
import { describeConnectionError } from '../database/connection-error.js';
import { createFence } from '../database/fence.js';
import { examineBinaries } from '../embedded-postgres/examine-home.js';
import { findRunning } from '../embedded-postgres/find-running.js';
import { type Finding, fault, ok, type Subject, sentence, warning } from './finding.js';

export interface Reached {
  readonly finding: Finding;
  /** What can be examined further; undefined: the database is not reached. */
  readonly subject?: Subject;
  readonly close: () => Promise<void>;
}

const LIMITS = { connectMs: 3_000, statementMs: 5_000, resultMs: 6_000 };
const UNOPENED = async () => {};

/** Connects to the configured database once, and does not wait for one that starts. */
export async function reachDatabase(config: Config): Promise<Reached> {
  const { source, behindPooler } = config.database;
  const found = source.kind === 'url' ? source : await findRunning(source.home);
  // One that runs is used whatever is installed.
  if (found.kind === 'ABSENT' || found.kind === 'STOPPED') {
    await examineBinaries(found.kind === 'STOPPED' ? found.directory : undefined);
  }
  if (found.kind === 'ABSENT') {
    const message = `There is no database in ${config.home}: \`scrip serve\` or \`scrip migrate\` makes one, or set DATABASE_URL.`;
    return { finding: warning(message), close: UNOPENED };
  }
  if (found.kind === 'STOPPED') {
    const message = `The embedded PostgreSQL does not run, and is not started for this: start Scrip, and run this again to check the database (${found.dataDirectory}).`;
    return { finding: warning(message), close: UNOPENED };
  }
  const { url } = found;
  const { database, close } = connect({
    url,
    behindPooler,
    poolSize: 2,
    onLost: () => {}, // the statement that runs fails
    fence: createFence(),
    timeouts: LIMITS,
  });
  try {
    await database.execute('select 1');
    return { finding: ok(`${addressOf(url)} is reached.`), subject: { config, database, url }, close };
  } catch (error) {
    await close();
    const reason = describeConnectionError(error, url);
    return { finding: fault(sentence(`${addressOf(url)} cannot be used: ${reason}`)), close: UNOPENED };
  }
}
