/** Runs every check of `scrip doctor`, each within a limit of time. No check changes anything. */
import { join } from 'node:path';
import type { Config } from '../config.js';
import { describeError } from '../describe-error.js';
import { findDirectory } from '../embedded-postgres/find-location.js';
import { checkAdministrator, checkFirstPassword } from './check-administrator.js';
import { checkClock } from './check-clock.js';
import { checkDisk, checkSize } from './check-disk.js';
import { checkDocuments } from './check-documents.js';
import { checkHome } from './check-home.js';
import { checkKeys, checkTokenKeys } from './check-keys.js';
import { checkNode } from './check-node.js';
import { checkOpenFiles } from './check-open-files.js';
import { checkListening, checkPooler } from './check-pooler.js';
import { checkPorts } from './check-ports.js';
import { checkMigrations, checkPrivileges } from './check-schema.js';
import { checkConnections, checkServer, checkStandby, examine } from './check-server.js';
import { type Finding, fault, ok, type Subject, sentence } from './finding.js';
import { type Reached, reachDatabase } from './open-for-doctor.js';

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

/** Longer than a statement takes that gets no response. */
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
  yield { check: 'settings', ...ok('The value of every setting can be used.') };
  yield* run('documents', () => checkDocuments(config));
  yield* run('files', () => checkOpenFiles(config));
  yield* run('home', () => checkHome(config));
  const isEmbedded = config.database.source.kind === 'embedded';
  const directory = isEmbedded ? yield* within('home', () => findDirectory(config.home)) : undefined;
  if (isEmbedded) yield* run('disk', () => checkDisk(directory === undefined ? config.home : join(directory, 'data')));
  yield* run('keys', () => checkKeys(config, { now, hasDatabase: directory !== undefined }));
  yield* run('ports', () => checkPorts(config));
  const reached = yield* within('database', () => reachDatabase(config), close);
  if (reached === undefined) return;
  yield { check: 'database', ...reached.finding };
  if (reached.subject !== undefined) yield* diagnoseDatabase(reached.subject, now);
  else if (isEmbedded && directory === undefined) yield* run('administrator', () => checkFirstPassword(config));
  yield* within('database', () => close(reached));
}

const close = async (reached: Reached) => await reached.close();

async function* diagnoseDatabase(subject: Subject, now: () => number): AsyncGenerator<Diagnosed> {
  const server = yield* within('server', () => examine(subject));
  if (server !== undefined) {
    yield* run('server', () => checkServer(server));
    yield* run('standby', () => checkStandby(subject, server));
    yield* run('connections', () => checkConnections(subject, server));
  }
  yield* run('pooler', () => checkPooler(subject));
  yield* run('notifications', () => checkListening(subject));
  yield* run('clock', () => checkClock(subject, now));
  yield* run('privileges', () => checkPrivileges(subject));
  yield* run('migrations', () => checkMigrations(subject));
  yield* run('keys', () => checkTokenKeys(subject));
  yield* run('administrator', () => checkAdministrator(subject));
  yield* run('disk', () => checkSize(subject));
}

type Check = () => Finding | readonly Finding[] | Promise<Finding | readonly Finding[]>;

async function* run(name: string, check: Check): AsyncGenerator<Diagnosed> {
  const found = yield* within(name, async () => [await check()].flat());
  for (const finding of found ?? []) yield { check: name, ...finding };
}

/**
 * Returns what `work` does. Where it fails or takes too long, yields that as a fault, and returns undefined.
 *
 * @param discard what becomes of a result that comes too late.
 */
async function* within<Result>(
  name: string,
  work: () => Promise<Result>,
  discard?: (result: Result) => Promise<void>,
): AsyncGenerator<Diagnosed, Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<typeof TIMEOUT>((resolve) => {
    timer = setTimeout(() => resolve(TIMEOUT), LIMIT_MS);
  });
  const working = work();
  try {
    const result = await Promise.race([working, timeout]);
    if (result !== TIMEOUT) return result;
    working.then(discard).catch(() => {}); // the timeout was told
    yield { check: name, ...fault(`There was no response within ${LIMIT_MS / 1_000} s.`) };
  } catch (error) {
    yield { check: name, ...fault(sentence(describeError(error))) };
  } finally {
    clearTimeout(timer);
  }
  return undefined;
}

const TIMEOUT = Symbol('timeout');
