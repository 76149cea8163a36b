import { readdirSync, readFileSync } from 'node:fs';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import { expect, it } from 'vitest';
import * as tables from '../../drizzle/tables.js';

const folder = new URL('../../drizzle/migrations/meta/', import.meta.url);

it('Every migration since release 0.1.0 begins with the oldest code that can run on it', () => {
  const sinceRelease = readdirSync(new URL('..', folder)).filter((name) => name.endsWith('.sql') && name >= '0008');
  const silent = sinceRelease.filter(
    (name) => !/^(--.*\n)*?-- oldest-code: \d+\.\d+\.\d+\n/.test(readFileSync(new URL(`../${name}`, folder), 'utf8')),
  );
  expect(sinceRelease.length).toBeGreaterThan(1);
  expect(silent).toEqual([]);
});

it('The migrations make the tables of the code: if not, `npm run migration -- <name>` writes another', async () => {
  const newest = readdirSync(folder)
    .filter((name) => name.endsWith('_snapshot.json'))
    .sort()
    .at(-1);
  const snapshot = JSON.parse(readFileSync(new URL(newest ?? '', folder), 'utf8'));
  expect(await generateMigration(snapshot, generateDrizzleJson({ ...tables }, snapshot.id))).toEqual([]);
});
