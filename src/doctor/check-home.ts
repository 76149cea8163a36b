import type { Config } from '../config.js';
import { examineHome } from '../embedded-postgres/examine-home.js';
import { type Finding, ok } from './finding.js';

/** Examines the folder of the embedded PostgreSQL as a start does. */
export async function checkHome({ database, home }: Config): Promise<Finding> {
  if (database.source.kind === 'url') return ok('SCRIP_HOME keeps no database: DATABASE_URL is set.');
  await examineHome(home);
  return ok(`SCRIP_HOME (${home}) can keep the database and the signing key.`);
}
