import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Every source file, the web pages included. */
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => ({ file, text: readFileSync(join('src', file), 'utf8') }));

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

  it('have one reason each to exist: no file is longer than 300 lines', () => {
    const long = sources.filter(({ file, text }) => !file.endsWith('generated.ts') && text.split('\n').length > 300);
    expect(long.map(({ file }) => file)).toEqual([]);
  });
});
