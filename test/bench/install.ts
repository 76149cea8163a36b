import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';

const here = import.meta.dirname;

/** Installs what Scrip is measured against, where that is missing or out of date. */
export function install(): void {
  const [lock, installed] = [`${here}/package-lock.json`, `${here}/node_modules/.package-lock.json`];
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return;
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: here, stdio: ['ignore', 2, 2] });
}
