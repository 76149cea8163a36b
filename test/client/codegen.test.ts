import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

describe('npm run codegen', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'scrip-codegen-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const codegen = (...options: string[]) =>
    spawnSync('npm', ['run', '--silent', 'codegen', '--', ...options], { encoding: 'utf8' });

  it('writes the typed documents of whatever operations are in a folder', () => {
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
  });
});
