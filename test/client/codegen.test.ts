import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fragmentChain } from '../support/fragment-chain.js';

describe('npm run codegen', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scrip-codegen-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const codegen = (...options: string[]) =>
    spawnSync('npm', ['run', '--silent', 'codegen', '--', ...options], { encoding: 'utf8' });

  it('writes the typed documents of the operations in a folder', () => {
    const out = join(folder, 'scrip.ts');
    const { status, stderr } = codegen('--documents', 'test/client', '--out', out);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(out, 'utf8')).toBe(readFileSync('test/client/generated.ts', 'utf8'));
  });

  it('says where an operation does not fit the schema', () => {
    writeFileSync(join(folder, 'bad.graphql'), '{\n  nothing\n}');
    const { status, stderr } = codegen('--documents', folder, '--out', join(folder, 'scrip.ts'));
    expect(status).toBe(1);
    expect(stderr).toContain('Cannot query field "nothing"');
    expect(stderr).toContain(`${folder}/bad.graphql:2:3`);
    expect(stderr).toMatch(/^codegen: .+\n$/);
  });

  it('skips a file whose operations are commented out', () => {
    writeFileSync(join(folder, 'later.graphql'), '# query Later { viewer { kind } }\n');
    writeFileSync(join(folder, 'viewer.graphql'), 'query Viewer { viewer { kind } }');
    const { status, stderr } = codegen('--documents', folder, '--out', join(folder, 'scrip.ts'));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readFileSync(join(folder, 'scrip.ts'), 'utf8')).toContain('ViewerDocument');
  });

  it.each([
    [
      'the folder is missing',
      (path: string) => ['--documents', join(path, 'nowhere'), '--out', 'x.ts'],
      2,
      /nowhere does not exist\. Name the folder/,
    ],
    [
      'the folder has no operation',
      (path: string) => ['--documents', path, '--out', 'x.ts'],
      1,
      /has no operation\. Write a query/,
    ],
    ['--out is missing', (path: string) => ['--documents', path], 2, /--documents and --out go together/],
    ['an option is unknown', () => ['--document', 'x'], 2, /Unknown option '--document'/],
  ])('says in one line what is wrong where %s', (_case, options, code, words) => {
    writeFileSync(join(folder, 'later.graphql'), '# nothing yet');
    const { status, stdout, stderr } = codegen(...options(folder));
    expect({ status, stdout }).toEqual({ status: code, stdout: '' });
    expect(stderr).toMatch(/^codegen: .+\n$/);
    expect(stderr).toMatch(words);
  });

  it('says in one line where an operation does not parse, and that the output cannot be written', () => {
    writeFileSync(join(folder, 'bad.graphql'), '{ viewer {');
    const bad = codegen('--documents', folder, '--out', join(folder, 'scrip.ts'));
    expect(bad.status).toBe(1);
    expect(bad.stderr).toMatch(/^codegen: \S+bad\.graphql:1:11 Syntax Error.+\n$/);
    writeFileSync(join(folder, 'bad.graphql'), '{ viewer { kind } }');
    const unwritable = codegen('--documents', folder, '--out', join(folder, 'nowhere', 'scrip.ts'));
    expect(unwritable.status).toBe(1);
    expect(unwritable.stderr).toMatch(/^codegen: .*ENOENT.+\n$/);
  });

  it('names the file of a document that nests too deep, and the folder of fragments that do', () => {
    writeFileSync(join(folder, 'deep.graphql'), '{a'.repeat(5_000) + '}'.repeat(5_000));
    const deep = codegen('--documents', folder, '--out', join(folder, 'scrip.ts'));
    expect(deep.status).toBe(1);
    expect(deep.stderr).toMatch(/^codegen: \S+deep\.graphql:1:401 The document has more than 200 brackets .+\n$/);
    writeFileSync(join(folder, 'deep.graphql'), fragmentChain(10_000));
    const chain = codegen('--documents', join(folder, 'deep.graphql'), '--out', join(folder, 'scrip.ts'));
    expect(chain.status).toBe(1);
    expect(chain.stderr).toMatch(/^codegen: \S+deep\.graphql: The document is nested too deeply .+\n$/);
  });
});
