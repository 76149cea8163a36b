/**
 * The process that `npm start` runs. It serves until SIGTERM or SIGINT, answers what is in flight and ends with 0. Where
 * it cannot start it ends with 1 after one line on standard error; whatever nobody foresaw is logged and ends it too.
 */
import { isatty } from 'node:tty';
import { setFlagsFromString } from 'node:v8';
import { type DestinationStream, type Logger, pino } from 'pino';
import sonicBoom from 'sonic-boom';
import { type Addresses, type App, createApp } from './app.js';
import type { Config } from './config.js';
import { filesOf } from './database/connect.js';
import { describeError } from './describe-error.js';
import { discreet } from './log.js';
import { readConfig } from './read-config.js';
import { sealCodeGeneration } from './seal.js';
import { planStepDown, type StepDown, stepDown } from './step-down.js';

/** Whoever stops a process kills it soon after this. */
const STOP_SECONDS = 10;

/** Lines of the log that are written together: by hundreds, or as many as come up in a tenth of a second. */
const LINES_PER_WRITE = 100;
const LINES_LATE_MS = 100;

/** Why a server cannot listen, and what to do. */
const CANNOT_LISTEN: Readonly<Record<string, string>> = {
  EADDRINUSE: 'the port is in use. Stop the other process, or set PORT to another one',
  EACCES: 'the system does not permit it. Set PORT to 1024 or above',
  EADDRNOTAVAIL: 'this machine does not have that address. Set HOST to one of its own',
  ENOTFOUND: 'there is no such host. Set HOST to an address of this machine',
};

// Arrays from places whose arrays have lived long V8 makes old at once, and with them whatever they hold, such as the values
// of a row. A server's live for one request: at 64 connections 5 % of its time went into keeping them, of lists a quarter.
setFlagsFromString('--no-allocation-site-pretenuring');

process.stdout.on('error', ignoreClosedPipe);
const stop = stopSignal();
try {
  await serve();
  process.exit(0);
} catch (error) {
  fail(describeError(error));
}

async function serve(): Promise<void> {
  const config = readConfig();
  const log = await createLogger(config.logLevel);
  endOnTheUnforeseen(discreet(log));
  const app = await createApp(config, log, isInteractive() ? introduceAdmin : undefined);
  sealCodeGeneration();
  const { home, database } = config;
  const connectionFiles = database.source.kind === 'url' ? filesOf(database.source.url) : [];
  const plan = await planStepDown({ postgresUser: app.postgresUser, home, connectionFiles });
  const addresses = await listen(app, config);
  const user = await stepDownOrClose(app, plan);
  greet(addresses);
  if (user !== undefined) log.info({ event: 'user' }, user);
  warnOfOldNode(log); // at the end: a start that fails says why, and no more
  const signal = await stop;
  log.info({ signal }, 'stopping');
  await app.close();
}

/** JSON lines on standard output; readable ones for a person at a terminal, where the development dependencies are. */
async function createLogger(level: Config['logLevel']): Promise<Logger> {
  const pretty = process.stdout.isTTY ? await import('pino-pretty').catch(() => undefined) : undefined;
  return pretty === undefined
    ? pino({ level }, createLogDestination())
    : pino({ level }, pretty.default({ sync: true, ignore: 'pid,hostname' }));
}

/**
 * Standard output, many lines to a write: a write for each took 4 % of the time of a request. What is left comes when the
 * process ends. Where nobody reads on, 16 MB are held and the rest dropped. Not `pino.destination`: at the end it writes
 * once more by itself, and fails where the reader has left; and what it holds, it measures anew with each line.
 */
function createLogDestination(): DestinationStream {
  let isEnding = false;
  let lines: string[] = [];
  const destination = new sonicBoom.SonicBoom({
    fd: 1,
    sync: false,
    maxLength: 16_000_000,
    retryEAGAIN: () => !isEnding,
  });
  destination.on('error', ignoreClosedPipe);
  const handOver = () => {
    if (lines.length > 0) destination.write(lines.join(''));
    lines = [];
  };
  setInterval(handOver, LINES_LATE_MS).unref();
  process.on('exit', () => {
    isEnding = true;
    try {
      handOver();
      destination.flushSync();
    } catch {
      // Whoever read it has left, or has stopped reading: the end does not wait for them.
    }
  });
  return {
    write: (line) => {
      if (lines.push(line) === LINES_PER_WRITE) handOver();
    },
  };
}

/** https://nodejs.org/en/about/previous-releases */
function warnOfOldNode(log: Logger): void {
  if (Number.parseInt(process.versions.node, 10) > 20) return;
  log.warn(
    { event: 'node_unmaintained' },
    `Node.js ${process.versions.node} has had no security fixes since April 2026. Use Node.js 26.`,
  );
}

function endOnTheUnforeseen(log: Logger): void {
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'something unforeseen ends the process');
    process.exit(1);
  });
}

async function listen(app: App, { http, metrics }: Config): Promise<Addresses> {
  try {
    return await app.listen();
  } catch (error) {
    await app.close();
    const { code, port } = { code: '', port: http.port, ...(error instanceof Error && error) };
    const reason = CANNOT_LISTEN[String(code)] ?? describeError(error);
    const [setting, host] = port === metrics.port ? ['METRICS_PORT', '127.0.0.1'] : ['PORT', http.host];
    throw new Error(`The server cannot listen on port ${port} of ${host}: ${reason.replace('PORT', setting)}.`, {
      cause: error,
    });
  }
}

/** Runs up to `stepDown` in the same turn of the event loop. */
async function stepDownOrClose(app: App, plan: StepDown): Promise<string | undefined> {
  try {
    return stepDown(plan);
  } catch (error) {
    await app.close();
    throw error;
  }
}

/** Whether a person is at a terminal. The output of `docker run -t` is one too, while the container's log keeps it. */
function isInteractive(): boolean {
  return isatty(0) && isatty(1);
}

/** Only for a person at a terminal: what else reads standard output, such as a log collector, would keep the password. */
function introduceAdmin(password: string): void {
  process.stdout.write(`
This is the first start: there is an administrator now, whose password is shown this once.

  Name      admin
  Password  ${password}

A trusted application gets its token by

  npm run --silent scrip -- token issue --owner admin --name "my app" --scopes points:add,points:spend
`);
}

function greet({ url, metricsUrl }: Addresses): void {
  process.stdout.write(`
Scrip serves.

  GraphiQL  ${url}/graphql
  Console   ${url}/console
  Health    ${url}/healthz
${metricsUrl === undefined ? '' : `  Metrics   ${metricsUrl}\n`}
`);
}

/**
 * The first signal that asks the process to stop. It then has {@link STOP_SECONDS}; a second signal ends it at once,
 * unless it is the same wish: the terminal sends Ctrl-C to npm as well, and npm passes it on.
 */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let askedAt: number | undefined;
    const ask = (signal: NodeJS.Signals) => {
      if (askedAt !== undefined && performance.now() - askedAt > 500) process.exit(1);
      if (askedAt !== undefined) return;
      askedAt = performance.now();
      setTimeout(() => fail(`The server did not stop within ${STOP_SECONDS} s.`), STOP_SECONDS * 1_000).unref();
      resolve(signal);
    };
    process.on('SIGTERM', ask).on('SIGINT', ask);
  });
}

/** Whoever read our output, such as `head`, may have read enough. */
function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

function fail(message: string): never {
  process.stderr.write(`scrip: ${message}\n`);
  process.exit(1);
}
