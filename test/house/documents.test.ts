import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** What is written for readers, by path. */
const documents = [
  'README.md',
  'SECURITY.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].map((path) => ({ path, text: readFileSync(path, 'utf8') }));

describe('The documents', () => {
  it('quote the examples that the tests run, word by word', () => {
    const quoted = documents.flatMap(({ text }) =>
      [...text.matchAll(/^```ts\n(.+?)^```$/gms)].map(([, code]) => code ?? ''),
    );
    const examples = readdirSync('test/client').map((name) => readFileSync(`test/client/${name}`, 'utf8'));
    expect(quoted.length).toBeGreaterThan(0);
    expect(quoted.filter((code) => !examples.some((example) => example.includes(code)))).toEqual([]);
  });
});
