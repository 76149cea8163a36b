/** Runs every check of `scrip doctor`, each within a limit of time. No check changes anything. */
import { join } from 'node:path';
import type { Config } from '../config.js';
import { describeError } from '../describe-error.js';
import { findDirectory } from '../embedded-postgres/find-location.js';
import { checkClock } from './check-clock.js';
import { checkDisk, checkSize } from './check-disk.js';
import { checkKeys, checkTokenKeys } from './check-keys.js';
import { checkNode } from './check-node.js';
import { checkOpenFiles } from './check-open-files.js';
import { checkListening, checkPooler } from './check-pooler.js';
import { checkPorts } from './check-ports.js';
import { checkAdministrator, checkMigrations, checkPrivileges } from './check-schema.js';
import { checkConnections, checkServer, checkStandby } from './check-server.js';
import { type Finding, fault, ok, type Subject, sentence } from './finding.js';
import { reachDatabase } from './open-for-doctor.js';

/** A line of the diagnosis. */
export interface Diagnosed extends Finding {
  /** What was checked, in one word. */
  readonly check: string;
}

export interface DiagnoseOptions {
  /** @throws BadConfig */
  readonly readConfig: () => Config;
  readonly nodeVersion: string;
  /** The clock of this machine. */
  readonly now: () => number;
}

/** Longer than a statement takes that gets no answer. */
const LIMIT_MS = 15_000;

/** Yields what each check finds as soon as it is known. */
export async function* diagnose({ readConfig, nodeVersion, now }: DiagnoseOptions): AsyncGenerator<Diagnosed> {
  yield* run('node', () => checkNode(nodeVersion));
  let config: Config;
  try {
    config = readConfig();
  } catch (error) {
    yield { check: 'settings', ...fault(`${sentence(describeError(error))} Nothing else was checked.`) };
    return;
  }
  yield { check: 'settings', ...ok('Every setting can be used.') };
  yield* run('files', () => checkOpenFiles(config));
  yield* run('disk', () => checkDisk('SCRIP_HOME', config.home));
  const directory = config.database.source.kind === 'embedded' ? await findDirectory(config.home) : undefined;
  if (directory !== undefined) yield* run('disk', () => checkDisk('the database', join(directory, 'data')));
  yield* run('keys', () => checkKeys(config, now));
  yield* run('ports', () => checkPorts(config));
  const reached = await reachDatabase(config);
  yield { check: 'database', ...reached.finding };
  if (reached.subject !== undefined) yield* diagnoseDatabase(reached.subject, now);
  await reached.close();
}

async function* diagnoseDatabase(subject: Subject, now: () => number): AsyncGenerator<Diagnosed> {
  yield* run('server', () => checkServer(subject));
  yield* run('standby', () => checkStandby(subject));
  yield* run('pooler', () => checkPooler(subject));
  yield* run('notifications', () => checkListening(subject));
  yield* run('connections', () => checkConnections(subject));
  yield* run('clock', () => checkClock(subject, now));
  yield* run('privileges', () => checkPrivileges(subject));
  yield* run('migrations', () => checkMigrations(subject));
  yield* run('keys', () => checkTokenKeys(subject));
  yield* run('administrator', () => checkAdministrator(subject));
  yield* run('disk', () => checkSize(subject));
}

type Check = () => Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>;

/** A check that fails or takes too long has found a fault. */
async function* run(name: string, check: Check): AsyncGenerator<Diagnosed> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => resolve(fault(`There was no answer within ${LIMIT_MS / 1_000} s.`)), LIMIT_MS);
  });
  try {
    const found = await Promise.race([check(), late]);
    for (const finding of [found].flat()) yield { check: name, ...finding };
  } catch (error) {
    yield { check: name, ...fault(sentence(describeError(error))) };
  } finally {
    clearTimeout(timer);
  }
}
