import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

const IMPORT = /^import (type )?[^;]*?from '([^']+)';/gm;

/** What a test of a database, a server or a process imports, directly or through its own modules. */
const NEEDS_MORE =
  /^(pg|node:child_process|playwright-core)$|\/support\/(database|server|own-postgres|postgres-session)\.js$/;

const unitTests = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.unit.test.ts'))
  .map((file) => join('test', file));

/** The imports of a test that need more than its own process; those of a type are gone at run time. */
function needsOf(file: string, visited = new Set<string>()): string[] {
  if (visited.has(file) || !existsSync(file)) return [];
  visited.add(file);
  const text = readFileSync(file, 'utf8');
  const imported = [...text.matchAll(IMPORT)].flatMap(([, type, from]) => (type || !from ? [] : [from]));
  const own = imported
    .filter((from) => from.startsWith('.'))
    .map((from) => join(dirname(file), from.replace(/\.js$/, '.ts')))
    .filter((path) => path.startsWith('test/'));
  return [
    ...imported.filter((from) => NEEDS_MORE.test(from)).map((from) => `${file} imports ${from}`),
    ...(/\binject\('postgresUrl'\)/.test(text) && file.startsWith('test/') ? [`${file} asks for the database`] : []),
    ...own.flatMap((path) => needsOf(path, visited)),
  ];
}

it('Unit tests need no database, no server and no other process', () => {
  expect(unitTests.length).toBeGreaterThan(30);
  expect(unitTests.flatMap((file) => needsOf(file).map((need) => `${file}: ${need}`))).toEqual([]);
});
