import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { BadConfig, type Config, parseConfig } from '../config.js';

/**
 * The process's settings: its environment and, below it, the file `.env` of the working directory.
 *
 * @throws BadConfig
 */
export function readConfig(): Config {
  return parseConfig({ ...readEnvFile(), ...process.env });
}

function readEnvFile(): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync('.env', 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new BadConfig('The file .env is there and cannot be read.', { cause: error });
  }
}
