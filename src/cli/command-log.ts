import { type Logger, pino } from 'pino';
import { redacted } from '../log.js';

/** The log of a command: warnings, on standard error. */
export function commandLog(): Logger {
  return redacted(pino({ level: 'warn' }, pino.destination(2)));
}
