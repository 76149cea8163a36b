import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { JWT_SECRET, makeDirectory, type RunOptions, scrip } from '../process/program.js';

/** A finding of `scrip doctor`. */
export interface Line {
  readonly check: string;
  readonly level: 'ok' | 'warning' | 'fault';
  readonly message: string;
}

export interface Diagnosis {
  /** Of the process. */
  readonly status: number | null;
  readonly found: readonly Line[];
}

/** What `scrip doctor` finds with a home that does not exist, and that it does not make. */
export async function diagnose(env: RunOptions['env']): Promise<Diagnosis> {
  const home = join(await makeDirectory(), 'home');
  const result = await examine(home, env);
  expect(existsSync(home)).toBe(false);
  return result;
}

/** What `scrip doctor` finds with a home. */
export async function examine(
  home: string,
  env: RunOptions['env'],
  options: Omit<RunOptions, 'env'> = {},
): Promise<Diagnosis> {
  const { status, stdout, stderr } = await scrip(['doctor', '--json'], {
    ...options,
    env: { SCRIP_HOME: home, PORT: '0', JWT_SECRET, ...env },
  });
  expect(stderr).toBe('');
  for (const secret of [JWT_SECRET, 'hunter2']) expect(stdout).not.toContain(secret);
  return { status, found: JSON.parse(stdout) };
}

/** The findings of a check, of one level or of any. */
export function of(found: readonly Line[], check: string, level?: Line['level']): readonly Line[] {
  return found.filter((line) => line.check === check && (level === undefined || line.level === level));
}
