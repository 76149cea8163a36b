import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { BadConfig, type Config, parseConfig, type SecretFiles } from './config.js';
import { parseEnvFile } from './env-file.js';
import { readSettingFile } from './setting-file.js';
import { environment, SECRETS } from './settings.js';

/**
 * The process's settings: its environment and, below it, the file `.env` of the working directory. An empty variable of
 * the environment counts as unset, and so does not hide one of the file. The file that `NAME_FILE` names is read.
 *
 * @throws BadConfig
 */
export function readConfig(): Config {
  const set = Object.entries(process.env).filter(([, value]) => value !== '');
  const variables = { ...parseEnvFile(readEnvFile()), ...Object.fromEntries(set) };
  return parseConfig(variables, readSecretFiles(variables));
}

function readSecretFiles(variables: Readonly<Record<string, string | undefined>>): SecretFiles {
  const home = resolve(environment.shape.SCRIP_HOME.parse(variables['SCRIP_HOME'] || undefined));
  return Object.fromEntries(
    SECRETS.flatMap((name) => {
      const named = variables[`${name}_FILE`] ?? '';
      const path = resolve(named);
      return named === '' ? [] : [[name, { path, ...readSettingFile(path, home) }]];
    }),
  );
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
