import type { Config } from '../config.js';
import type { PooledDatabase } from '../database/connect.js';

/** What a check has found, with the remedy where something is wrong; one sentence or more, in one line. */
export interface Finding {
  readonly level: 'ok' | 'warning' | 'fault';
  readonly message: string;
}

/** The configuration and the database that checks examine. */
export interface Subject {
  readonly config: Config;
  readonly database: PooledDatabase;
  /** Where the database is, with its password. */
  readonly url: string;
}

export const ok = (message: string): Finding => ({ level: 'ok', message });
export const warning = (message: string): Finding => ({ level: 'warning', message });
export const fault = (message: string): Finding => ({ level: 'fault', message });

/** A sentence from words that may begin in lower case and end without a full stop; the name of a setting stays as it is. */
export function sentence(words: string): string {
  return `${words.replace(/^[a-z]+(?= )/, (first) => first.charAt(0).toUpperCase() + first.slice(1)).replace(/\.$/, '')}.`;
}
