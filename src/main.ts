/**
 * The server's process. It serves until SIGTERM or SIGINT, completes the requests in flight and exits with 0. Where it
 * cannot start it exits with 1 after one line on standard error; an uncaught exception is logged and exits with 1.
 */
import { isatty } from 'node:tty';
import { type Logger, pino } from 'pino';
import { type Addresses, type App, createApp } from './app.js';
import type { Config } from './config.js';
import { connectionFiles } from './database/connection-files.js';
import { describeError } from './describe-error.js';
import { forbidCodeGeneration } from './forbid-code-generation.js';
import { describeListenError } from './http/listen.js';
import { redacted } from './log.js';
import { printAddresses, printFirstAdmin } from './process/banner.js';
import { createLogDestination, ignoreClosedPipe } from './process/log-destination.js';
import { describeOldNode } from './process/node-support.js';
import { type StopSignal, waitForStop } from './process/stop-signal.js';
import { readConfig } from './read-config.js';
import { planStepDown, type StepDown, stepDown } from './step-down.js';

/** `docker stop` sends SIGKILL after 10 s, Kubernetes after 30 s. */
const SHUTDOWN_GRACE_SECONDS = 10;

process.stdout.on('error', ignoreClosedPipe);
let graceSeconds = SHUTDOWN_GRACE_SECONDS;
const stop = waitForStop(() => graceSeconds, {
  onTimeout: () => fail(`The server did not stop within ${graceSeconds} s.`),
  onRepeat: () => process.exit(1),
});
try {
  await serve();
  process.exit(0);
} catch (error) {
  if (error instanceof Error && error.name === 'AbortError') process.exit(0); // stopped while it waited for the database
  fail(describeError(error));
}

async function serve(): Promise<void> {
  const config = readConfig();
  graceSeconds += config.http.drainSeconds;
  const log = await createLogger(config.logLevel);
  exitOnUncaughtException(redacted(log));
  log.debug({ event: 'process_started', node: process.version, flags: process.execArgv }, 'process started');
  const showPassword = isInteractive() ? printFirstAdmin : undefined;
  const app = await createApp(config, log, { showPassword, signal: abortedBy(stop, log) });
  forbidCodeGeneration();
  const { home, database } = config;
  const plan = await planStepDown({
    postgresUser: app.postgresUser,
    home,
    connectionFiles: connectionFiles(database),
  });
  const addresses = await listen(app, config);
  await stepDownOrClose(app, plan);
  printAddresses(addresses);
  logStepDown(log, plan);
  warnOfOldNode(log); // last: a start that fails prints only its reason
  await stop;
  await app.close();
}

function abortedBy(stop: Promise<StopSignal>, log: Logger): AbortSignal {
  const controller = new AbortController();
  void stop.then((signal) => {
    log.info({ event: 'stopping', signal }, 'stopping');
    controller.abort();
  });
  return controller.signal;
}

/** JSON lines on standard output; readable lines at a terminal where the development dependencies are installed. */
async function createLogger(level: Config['logLevel']): Promise<Logger> {
  const pretty = process.stdout.isTTY ? await import('pino-pretty').catch(() => undefined) : undefined;
  return pretty === undefined
    ? pino({ level }, createLogDestination())
    : pino({ level }, pretty.default({ sync: true, ignore: 'pid,hostname' }));
}

function warnOfOldNode(log: Logger): void {
  const warning = describeOldNode(process.versions.node);
  if (warning !== undefined) log.warn({ event: 'node_unmaintained' }, warning);
}

function exitOnUncaughtException(log: Logger): void {
  process.on('uncaughtException', (error) => {
    log.fatal({ event: 'uncaught_exception', err: error }, 'uncaught exception, exiting');
    process.exit(1);
  });
}

async function listen(app: App, { http, metrics }: Config): Promise<Addresses> {
  try {
    return await app.listen();
  } catch (error) {
    await app.close();
    const { code, port } = { code: '', port: http.port, ...(error instanceof Error && error) };
    const reason = describeListenError(String(code)) ?? describeError(error);
    const [setting, host] = port === metrics.port ? ['METRICS_PORT', '127.0.0.1'] : ['PORT', http.host];
    throw new Error(`The server cannot listen on port ${port} of ${host}: ${reason.replace('PORT', setting)}.`, {
      cause: error,
    });
  }
}

/** Runs up to `stepDown` in the same turn of the event loop. */
async function stepDownOrClose(app: App, plan: StepDown): Promise<void> {
  try {
    stepDown(plan);
  } catch (error) {
    await app.close();
    throw error;
  }
}

function logStepDown(log: Logger, plan: StepDown): void {
  if (plan.kind === 'STAY_ROOT') log.warn({ event: 'stays_root' }, `The process stays root: ${plan.reason}`);
  if (plan.kind === 'BECOME')
    log.info({ event: 'stepped_down' }, `The process runs as ${plan.user.name} from now on, no longer as root.`);
}

/** Whether a person is at a terminal. The output of `docker run -t` is one too, but the container's log keeps it. */
function isInteractive(): boolean {
  return isatty(0) && isatty(1);
}

function fail(message: string): never {
  process.stderr.write(`scrip: ${message}\n`);
  process.exit(1);
}
