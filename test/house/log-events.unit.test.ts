/** The table of log events in docs/monitoring.md has those of the sources, with their levels. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const monitoring = readFileSync('docs/monitoring.md', 'utf8');

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join('src', file), 'utf8'));

/** What the sources name, with the level where it stands beside. */
const logged = sources.flatMap((text) =>
  [...text.matchAll(/(?:\.(\w+)\(\s*\{\s*)?\bevent: '(\w+)'/g)].map(([, level, name = '']) => ({ name, level })),
);

const [, table = ''] = monitoring.split('| Event | Level | Meaning |\n| --- | --- | --- |\n');
const documented = new Map(
  (table.split('\n\n', 1)[0] ?? '').split('\n').flatMap((row) => {
    const [, events = '', levels = ''] = row.split('|');
    const each = levels.split(',').map((level) => level.trim());
    return [...events.matchAll(/`(\w+)`/g)].map(([, name = ''], at) => [name, each[at] ?? each[0]] as const);
  }),
);

it('docs/monitoring.md lists every event of the log, and no other', () => {
  expect([...documented.keys()].sort()).toEqual([...new Set(logged.map(({ name }) => name))].sort());
});

it('docs/monitoring.md has the level of each event', () => {
  const known = logged.filter(({ level }) => level !== undefined);
  expect(known.length).toBeGreaterThan(30);
  const wrong = known.filter(({ name, level }) => documented.get(name) !== level);
  expect(wrong).toEqual([]);
});
