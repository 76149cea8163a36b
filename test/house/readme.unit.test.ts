import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/errors.js';

const readme = readFileSync('README.md', 'utf8');
const rows = readme.split('\n').filter((line) => line.startsWith('| `'));
const isListed = (name: string) => rows.some((row) => row.split(' | ')[0]?.includes(`\`${name}\``));

describe('The README', () => {
  it('has a line for every error code', () => {
    expect(ERROR_CODES.filter((code) => !isListed(code))).toEqual([]);
  });

  it('has a line for every setting', () => {
    const settings = [...readFileSync('src/config.ts', 'utf8').matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(
      ([, name]) => name ?? '',
    );
    expect(settings.length).toBeGreaterThan(20);
    expect(settings.filter((name) => !isListed(name))).toEqual([]);
  });

  it('quotes the examples that the tests run, word by word', () => {
    const quoted = [...readme.matchAll(/^```ts\n(.+?)^```$/gms)].map(([, code]) => code ?? '');
    const examples = readdirSync('test/client').map((name) => readFileSync(`test/client/${name}`, 'utf8'));
    expect(quoted.length).toBeGreaterThan(0);
    expect(quoted.filter((code) => !examples.some((example) => example.includes(code)))).toEqual([]);
  });

  it('has a line for every command', () => {
    const main = readFileSync('src/cli/main.ts', 'utf8');
    const commands = [...main.matchAll(/\.command\('([a-z]+)/g)].map(([, name]) => name ?? '');
    expect(commands.length).toBeGreaterThan(3);
    expect(commands.filter((name) => !rows.some((row) => row.includes(name)))).toEqual([]);
  });
});
