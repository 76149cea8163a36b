import { readFileSync } from 'node:fs';
import { BadConfig, type Config, parseConfig } from './config.js';
import { parseEnvFile } from './env-file.js';

/**
 * The process's settings: its environment and, below it, the file `.env` of the working directory. An empty variable of
 * the environment counts as unset, and so does not hide one of the file.
 *
 * @throws BadConfig
 */
export function readConfig(): Config {
  const set = Object.entries(process.env).filter(([, value]) => value !== '');
  return parseConfig({ ...parseEnvFile(readEnvFile()), ...Object.fromEntries(set) });
}

/** The bytes of the file; none where there is no file. */
function readEnvFile(): Uint8Array {
  try {
    return readFileSync('.env');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Uint8Array();
    throw new BadConfig('The file .env is there and cannot be read.', { cause: error });
  }
}
