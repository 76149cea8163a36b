import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** Words that were replaced by standard ones. This list is the only place that still has them. */
const REPLACED = [
  /\bMOST_[A-Z_]+/,
  /\b(most|least)\??: /,
  /\b(const|let) (most|least)\b/,
  /\bBEGIN_WITHIN_MS\b/,
  /How many, 1 to 100\./,
  /[Tt]he user \S+ is none\b/,
  /\bcreatePatience\b|\bpatience\b/i,
  /\bworkOff\b/,
  /\bGO_ON\b|\bONE_BY_ONE\b/,
  /\bsurvivors\b/i,
  /\bgiveUp\b/,
  /\bAnnotated\b/,
  /discreet/i,
  /complaint/i,
  /\binTurn\b/,
  /Scrip serves\./,
  /\bin time\./,
  /more to do than it can hold/,
  /the ledger is wrong/,
  /was not noted/,
  /unforeseen/i,
  /go on behind/i,
  /How it came to that/,
  /What became of/,
  /\b(whoever|somebody|chores?)\b/i,
  /lose what was answered/,
  // The account of Unix, and a name in a value, keep theirs.
  /(?<!['"/`]|as |become |root: )\bnobody\b(?!['"`@-])/i,
];

const ROOTS = [
  'src',
  'schema',
  'test',
  'docs',
  'tools',
  'drizzle/functions',
  'drizzle/triggers',
  'drizzle/views',
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
];
const THIS_FILE = join('test', 'house', 'words.unit.test.ts');

function filesIn(path: string): string[] {
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .filter((name) => name !== 'node_modules')
    .flatMap((name) => filesIn(join(path, name)));
}

it('No word that was replaced by a standard one is left', () => {
  const files = ROOTS.flatMap(filesIn).filter((file) => /\.(ts|tsx|mjs|css|html|graphql|sql|md)$/.test(file));
  expect(files).toContain(THIS_FILE);
  const left = files
    .filter((file) => file !== THIS_FILE)
    .flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .flatMap((line, index) => {
          const found = REPLACED.map((word) => word.exec(line)?.[0]).filter((word) => word !== undefined);
          return found.map((word) => `${file}:${index + 1}: ${word}`);
        }),
    );
  expect(left).toEqual([]);
});
