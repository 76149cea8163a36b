import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What is written for readers, by path. */
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  'test/bench/README.md',
  ...readdirSync('docs', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name).replaceAll('\\', '/')),
].map((path) => ({ path, text: readFileSync(path, 'utf8') }));

const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync('package.json', 'utf8'));

const withoutCode = (text: string) => text.replace(/^```.*?^```$/gms, '');

/** The anchors that GitHub gives the headings of a page. */
function anchorsOf(text: string): string[] {
  return [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

/** What is wrong with the relative links of a page. */
function brokenLinks({ path, text }: { path: string; text: string }): string[] {
  const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? path : join(dirname(path), file);
    if (!existsSync(target)) return true;
    return anchor !== undefined && !anchorsOf(readFileSync(target, 'utf8')).includes(anchor);
  });
}

/** Paths in backticks that begin with a folder of the project; `*`, `…` and `NN` stand for something. */
const PATH = /`((?:\.ci|deploy|docs|drizzle|schema|src|test|tools)(?:\/[\w.\-/]+)?)(?::\d+)?`/g;

/** Names that the recipes give to what a reader makes. */
const MADE_UP = /\/things\b|\/00NN_/;

describe('The documents', () => {
  it('have no broken link or anchor', () => {
    expect(documents.flatMap((page) => brokenLinks(page).map((link) => `${page.path}: ${link}`))).toEqual([]);
  });

  it('name paths that exist', () => {
    const named = documents.flatMap(({ path, text }) =>
      [...text.matchAll(PATH)].map(([, file = '']) => ({ path, file })),
    );
    expect(named.length).toBeGreaterThan(100);
    const missing = named.filter(({ file }) => !existsSync(file) && !MADE_UP.test(file));
    expect(missing).toEqual([]);
  });

  it('name npm scripts that exist', () => {
    const named = documents.flatMap(({ path, text }) =>
      [...text.matchAll(/\bnpm (?:run (?:--silent )?([\w:][\w:-]*)|(start|test)\b)/g)].map(([, run, short = '']) => ({
        path,
        script: run ?? short,
      })),
    );
    expect(named).toContainEqual({ path: 'README.md', script: 'test' });
    expect(named.filter(({ script }) => !(script in scripts))).toEqual([]);
  });

  it('are each linked from another one', () => {
    const linked = new Set(
      documents.flatMap(({ path, text }) =>
        [...text.matchAll(/\]\(([^)\s#]+)/g)].map(([, link = '']) => join(dirname(path), link)),
      ),
    );
    expect(documents.map(({ path }) => path).filter((path) => path !== 'README.md' && !linked.has(path))).toEqual([]);
  });

  it('begin with a README of fewer than 120 lines', () => {
    expect(readFileSync('README.md', 'utf8').split('\n').length).toBeLessThan(120);
  });

  it('quote the examples that the tests run', () => {
    const quoted = documents.flatMap(({ text }) =>
      [...text.matchAll(/^```ts\n(.+?)^```$/gms)].map(([, code]) => code ?? ''),
    );
    const examples = readdirSync('test/client').map((name) => readFileSync(`test/client/${name}`, 'utf8'));
    expect(quoted.length).toBeGreaterThan(0);
    expect(quoted.filter((code) => !examples.some((example) => example.includes(code)))).toEqual([]);
  });
});
