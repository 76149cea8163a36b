import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The files of a folder that are written by hand. */
function filesIn(folder: string, extension = /\.tsx?$/) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => extension.test(file) && !file.endsWith('generated.ts') && !file.includes('node_modules'))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
}

/** Every source file, the web pages included. */
const sources = filesIn('src');
const tests = filesIn('test');
/** Not the migrations: a released one is never edited. */
const others = [
  'schema',
  'drizzle/functions',
  'drizzle/triggers',
  'drizzle/views',
  'tools',
  'test/operations',
  'src/web',
].flatMap((folder) => filesIn(folder, /\.(graphql|sql|mjs|css)$|^reference\/.*\.ts$/));

describe('Sources', () => {
  it('read the environment only in main.ts, read-config.ts and cli/', () => {
    const readers = sources.filter(({ text }) => /\bprocess\.(env|argv|exit)\b/.test(text)).map(({ file }) => file);
    const allowed = /^(main|read-config)\.ts$|^cli\//;
    expect(readers).toContain('main.ts');
    expect(readers.filter((file) => !allowed.test(file))).toEqual([]);
  });

  it('have no folder such as utils or helpers', () => {
    const names = sources.flatMap(({ file }) => file.split('/').slice(0, -1));
    expect(names.filter((name) => /^(utils?|helpers?|common|services?|managers?|index|misc)$/.test(name))).toEqual([]);
  });

  it.each([
    ['Sources', sources],
    ['Tests', tests],
    ['The schema, functions of the database, tools and styles', others],
  ])('%s have at most 300 lines per file', (_what, files) => {
    expect(files.length).toBeGreaterThan(50);
    expect(files.filter(({ text }) => text.trimEnd().split('\n').length > 300).map(({ file }) => file)).toEqual([]);
  });
});
