import { readFileSync } from 'node:fs';
import { root } from './root.js';

/** The release of this code, such as `0.1.0`, of package.json. */
export const codeVersion = readVersion();

function readVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));
  return version;
}
