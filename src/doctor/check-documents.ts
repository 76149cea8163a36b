import { pino } from 'pino';
import type { Config } from '../config.js';
import { openPolicy } from '../graphql/open-policy.js';
import { type Finding, ok } from './finding.js';

/** Reads the trusted documents as a start does. @throws UnusableDocuments */
export async function checkDocuments(config: Config): Promise<Finding> {
  if (config.trustedDocuments.length === 0) return ok('Any operation is run: TRUSTED_DOCUMENTS is not set.');
  await openPolicy(config, pino({ level: 'silent' }));
  return ok('Every document that TRUSTED_DOCUMENTS names can be used.');
}
