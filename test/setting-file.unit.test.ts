import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../src/config.js';
import { readSettingFile } from '../src/setting-file.js';
import { SECRETS } from '../src/settings.js';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'scrip-setting-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function fileWith(contents: string | Uint8Array, mode = 0o600): string {
  const file = join(folder(), 'secret');
  writeFileSync(file, contents);
  chmodSync(file, mode);
  return file;
}

describe('The file of a secret setting', () => {
  it.each([
    ['no line break', 'hunter2'],
    ['a line break', 'hunter2\n'],
    ['a line break of Windows', 'hunter2\r\n'],
  ])('gives its contents, and %s at its end is no part of them', (_what, contents) => {
    expect(readSettingFile(fileWith(contents), '.')).toEqual({ value: 'hunter2' });
  });

  it('loses only one line break, and no other white space', () => {
    expect(readSettingFile(fileWith(' hunter2 \n\n'), '.')).toEqual({ value: ' hunter2 \n' });
  });

  it.each([
    ['does not exist', () => join(folder(), 'missing'), 'the file does not exist'],
    ['is a directory', folder, 'the file is a directory'],
    ['is no file', () => '/dev/null', 'the file is not a regular file'],
    ['is empty', () => fileWith(''), 'cannot be used: the file is empty'],
    ['has a line break only', () => fileWith('\n'), 'cannot be used: the file is empty'],
    ['is too large', () => fileWith('x'.repeat(65_537)), 'the file is larger than 64 KiB'],
    ['is not UTF-8', () => fileWith(Uint8Array.of(0xff)), 'the file is not UTF-8'],
    ['has a path that is too long', () => 'x'.repeat(5_000), 'set the path of a file, not its contents'],
    ['every user can write to', () => fileWith('hunter2', 0o606), 'others can write to the file (mode 0606)'],
    ['its group can write to', () => fileWith('hunter2', 0o664), 'others can write to the file (mode 0664)'],
  ])('is refused if it %s, without its path', (_what, path, words) => {
    const named = path();
    const { fault = '' } = { fault: '', ...readSettingFile(named, '.') };
    expect(fault).toContain(words);
    expect(fault).not.toContain(named);
  });
});

describe('A secret setting', () => {
  it('is every one whose value is secret', () => {
    expect(SECRETS).toEqual([
      'DATABASE_URL',
      'DATABASE_LISTEN_URL',
      'JWT_SECRET',
      'JWT_PREVIOUS_SECRET',
      'JWT_NEXT_SECRET',
      'METRICS_TOKEN',
      'OTEL_EXPORTER_OTLP_HEADERS',
    ]);
  });

  it.each(SECRETS)('%s cannot be set beside its file', (name) => {
    const parse = () => parseConfig({ [name]: 'hunter2' }, { [name]: { path: '/a', value: 'hunter3' } });
    expect(parse).toThrow(`${name} and ${name}_FILE are both set: remove one`);
    expect(parse).not.toThrow(/hunter/);
  });

  it('with a value that cannot be used is named with its file, together with every other bad setting', () => {
    const files = {
      JWT_SECRET: { path: '/a', value: 'hunter2' },
      METRICS_TOKEN: { path: '/b', fault: 'cannot be used: the file is empty' },
    };
    expect(() => parseConfig({ PORT: 'http' }, files)).toThrow(
      'Bad settings: METRICS_TOKEN_FILE cannot be used: the file is empty; PORT must be a whole number; JWT_SECRET in the file of JWT_SECRET_FILE must have at least 32 bytes.',
    );
  });

  it('in a file counts as the setting', () => {
    const url = 'postgres://a:b@c/d';
    const { database, jwt } = parseConfig(
      {},
      { DATABASE_URL: { path: '/u', value: url }, JWT_SECRET: { path: '/s', value: 'x'.repeat(32) } },
    );
    expect(database.source).toEqual({ kind: 'url', url, file: '/u' });
    expect(jwt.current).toMatchObject({ kind: 'secret', secret: 'x'.repeat(32) });
  });
});
