import { describe, expect } from 'vitest';
import { JWT_SECRET } from '../process/program.js';
import { itWith } from '../support/server-fixture.js';
import { done, ledger, write } from './ledger.js';

const it = itWith({ JWT_SECRET });
const itOfEmpty = itWith({ JWT_SECRET });

describe('NDJSON', () => {
  it('keeps white space and control characters of an idempotency key', async ({ server }) => {
    const { username } = await server.user();
    const keys = [' a', 'a', 'a\t', 'a\u0001'];
    const lines = keys.map((key) => JSON.stringify({ user: username, points: 1, key }));
    const file = await write('keys.ndjson', lines.join('\n'));
    expect((await ledger(server, 'import', file)).stdout).toBe(done(4, 0, 0));

    const exported = await ledger(server, 'export', '--format', 'ndjson');
    const read = exported.stdout.trimEnd().split('\n');
    expect(read.map((line) => JSON.parse(line).key)).toEqual(keys);
    const again = await write('again.ndjson', exported.stdout);
    expect((await ledger(server, 'import', again)).stdout).toBe(done(0, 4, 0));
  });

  it('keeps invisible characters of an idempotency key where they are escaped, and refuses others', async ({
    server,
  }) => {
    const { username } = await server.user();
    const escaped = ['a\\u200b', '\\u00ada', 'a\\u00a0b', '\\udb40\\udc01a'];
    const writeKeys = (keys: string[]) =>
      write('unseen.ndjson', keys.map((key) => `{"user":"${username}","points":1,"key":"${key}"}`).join('\n'));
    expect((await ledger(server, 'import', await writeKeys(escaped))).stdout).toBe(done(4, 0, 0));
    const exported = await ledger(server, 'export', '--format', 'ndjson');
    for (const key of escaped) expect(exported.stdout).toContain(`"key":"${key}"`);

    const raw = escaped.map((key): string => JSON.parse(`"${key}"`));
    const { status, stdout, stderr } = await ledger(server, 'import', await writeKeys(raw));
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(0, 0, 4) });
    expect(stderr).toContain('line 1: The key has the character U+200B, which cannot be seen and is not escaped.');
    expect(stderr).toContain('line 4: The key has the character U+E0001,');
    const cells = await ledger(server, 'export', '--format', 'csv');
    expect((await ledger(server, 'import', await write('unseen.csv', cells.stdout))).stdout).toContain('failed: 0.');
  });

  it.for([
    ['{"user": "admin", "points": 1, "key": "b", "points": 2}', '"points"'],
    ['{"user": "admin", "points": 1, "key": "b", "k\\u0065y": "c"}', '"key"'],
    ['{"tags": [{"a": 1}], "user": "admin", "points": 1, "key": "b", "tags": []}', '"tags"'],
  ] as const)('is refused with a member that is given twice: %s', async ([line, member], { server }) => {
    const { status, stdout, stderr } = await ledger(server, 'import', await write('twice.ndjson', line));
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(0, 0, 1) });
    expect(stderr).toContain(`line 1: The member ${member} is given twice.`);
  });

  it('may repeat the name of a member in another object and in a text', async ({ server }) => {
    const line = '{"user": "admin", "points": 1, "key": "c", "reason": "\\"key\\": 1", "x": [{"key": 1}, {"key": 2}]}';
    expect(await ledger(server, 'import', await write('c.ndjson', line))).toMatchObject({ status: 0, stderr: '' });
  });
});

describe('An empty ledger', () => {
  itOfEmpty.for(['csv', 'ndjson'])('is exported as %s and imported again', async (format, { server }) => {
    const exported = await ledger(server, 'export', '--format', format);
    const imported = await ledger(server, 'import', await write(`empty.${format}`, exported.stdout));
    expect(imported).toEqual({ status: 0, stdout: done(0, 0, 0), stderr: '' });
  });
});
