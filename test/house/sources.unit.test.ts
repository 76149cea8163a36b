import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** The files of a folder that are written by hand in TypeScript. */
function filesIn(folder: string) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('generated.ts') && !file.includes('node_modules'))
    .map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }));
}

/** Every source file, the web pages included. */
const sources = filesIn('src');
const tests = filesIn('test').filter(({ file }) => !/^(bench|conformance)\//.test(file));

describe('Sources', () => {
  it('read the environment in main.ts, read-config.ts and cli/ alone', () => {
    const readers = sources.filter(({ text }) => /\bprocess\.(env|argv|exit)\b/.test(text)).map(({ file }) => file);
    const allowed = /^(main|read-config)\.ts$|^cli\/|^web\/vite\.config\.ts$/;
    expect(readers.filter((file) => !allowed.test(file))).toEqual([]);
  });

  it('keep no folder for what has no name', () => {
    const names = sources.flatMap(({ file }) => file.split('/').slice(0, -1));
    expect(names.filter((name) => /^(utils?|helpers?|common|services?|managers?|index|misc)$/.test(name))).toEqual([]);
  });

  it.each([
    ['Sources', sources],
    ['Tests', tests],
  ])('%s have one reason each to exist: no file is longer than 300 lines', (_what, files) => {
    expect(files.filter(({ text }) => text.trimEnd().split('\n').length > 300).map(({ file }) => file)).toEqual([]);
  });
});
