import { readFile } from 'node:fs/promises';
import type { Config } from '../config.js';
import { connectionsOf } from '../database/open-database.js';
import { maxConnections } from '../http/connections.js';
import { type Finding, ok, warning } from './finding.js';

/** For the program itself: its modules, its log, the event loop. */
const OF_THE_PROCESS = 100;

/** Compares how many files a process may open with the connections that it accepts. */
export async function checkOpenFiles({ limits, database }: Config): Promise<Finding> {
  const needed = maxConnections(limits) + connectionsOf(database) + OF_THE_PROCESS;
  const table = await readFile('/proc/self/limits', 'utf8').catch(() => '');
  const [, soft] = /^Max open files +(\d+|unlimited)/m.exec(table) ?? [];
  if (soft === undefined) return ok('This system does not tell how many files a process may open.');
  if (soft === 'unlimited' || Number(soft) >= needed) {
    return ok(`A process may open ${soft} files; all connections that it accepts need ${needed}.`);
  }
  return warning(
    `A process may open ${soft} files, and all connections that it accepts need ${needed}: raise the limit (LimitNOFILE=${needed} in a systemd unit, \`ulimit -n\` in a shell), or lower LIMIT_SOCKETS.`,
  );
}
