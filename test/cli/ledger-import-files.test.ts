import { describe, expect } from 'vitest';
import { keptLedger } from '../points/ledger.js';
import { JWT_SECRET } from '../process/program.js';
import { itWith } from '../support/server-fixture.js';
import { done, ledger, write } from './ledger.js';

const it = itWith({ JWT_SECRET });

describe('A file that scrip ledger import reads', () => {
  it('says where a quote begins that is never closed', async ({ server }) => {
    const { username } = await server.user();
    const file = await write('c.csv', `user,points,key\n${username},1,a\n${username},1,"b\n${username},1,c\n`);
    const { status, stdout, stderr } = await ledger(server, 'import', file);
    expect({ status, stdout }).toEqual({ status: 1, stdout: done(1, 0, 1) });
    expect(stderr).toBe(
      `line 3: A quote is opened here and never closed. What follows was not read. Read: ${username},1,"b\\u{a}${username},1,c\n`,
    );
  });

  it.for([
    ['LF below a CRLF header', 'user,points,key\r\nUSER,70,card-1\nUSER,8,card-2\n'],
    ['CRLF below an LF header', 'user,points,key\nUSER,70,card-1\r\nUSER,8,card-2\r\n'],
    ['CR', 'user,points,key\rUSER,70,card-1\rUSER,8,card-2'],
    ['each another', 'user,points,key\rUSER,70,card-1\n\r\nUSER,8,card-2\r\n'],
  ] as const)('reads lines that end by %s, and gives them the same keys', async ([_, text], { server }) => {
    const { id, username } = await server.user();
    const file = await write('ends.csv', text.replaceAll('USER', username));
    expect(await ledger(server, 'import', file)).toEqual({ status: 0, stdout: done(2, 0, 0), stderr: '' });
    const tidied = await write('ends.csv', `user,points,key\n${username},70,card-1\n${username},8,card-2\n`);
    expect((await ledger(server, 'import', tidied)).stdout).toBe(done(0, 2, 0));
    expect(await keptLedger(server, id)).toEqual({ points: 78, deltas: [70, 8] });
  });

  it.for([
    ['semicolons', 'user;points;key\r\nUSER;5;a\r\n'],
    ['tabs', 'user\tpoints\tkey\nUSER\t5\ta\n'],
    ['the separator of its first line', 'sep=|\r\nuser|points|key\r\nUSER|5|a\r\n'],
    ['the separator of its first line, with cells in quotes', '\ufeffSEP=;\n"user";"points";"key"\n"USER";"5";"a"\n'],
    ['commas, in any case and with white space', 'User, POINTS ,\tKey\nUSER,5,a\n'],
    ['commas, with rows of empty cells', '\n,,\nuser,points,key\n\nUSER,5,a\n,,\n  ,,\n'],
    ['commas, with empty columns at the end', 'user,points,key,,\nUSER,5,a,,\n'],
    ['commas, with text that holds semicolons', 'key,"a;b;c;d",user,points\na,x,USER,5\n'],
  ] as const)('reads a file that is separated by %s', async ([_, text], { server }) => {
    const { id, username } = await server.user();
    const file = await write('separated.csv', text.replaceAll('USER', username));
    expect(await ledger(server, 'import', file)).toEqual({ status: 0, stdout: done(1, 0, 0), stderr: '' });
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
  });

  it('reads UTF-16 with a byte order mark, as Excel writes it', async ({ server }) => {
    const { id, username } = await server.user();
    const text = `\ufeffuser\tpoints\tkey\r\n${username}\t5\tZo\u00eb\r\n`;
    expect((await ledger(server, 'import', await write('wide.csv', Buffer.from(text, 'utf16le')))).stdout).toBe(
      done(1, 0, 0),
    );
    expect((await keptLedger(server, id)).deltas).toEqual([5]);
  });

  it.for([
    ['points', 'USER,many,"one\r\ntwo\r\nthree"\r\nUSER,1.5,b', [2, 5], 'Read: USER,many,'],
    ['quotes', 'USER, "5", "a"\nUSER,5,b"c\nUSER,"5"x,d', [2, 3, 4], 'Read: USER, "5", "a"'],
    ['a key with white space around it', 'USER,5,a \nUSER,5,"\ta"', [2, 3], 'Read: USER,5,a'],
    [
      'a key with a space of no width',
      'USER,5,a\u200b\nUSER,5,\u200ba\nUSER,5,a\u00adb',
      [2, 3, 4],
      'U+200B, which cannot',
    ],
    ['a key with a no-break space in it', 'USER,5,a\u00a0b', [2], 'U+00A0, which cannot'],
    ['a key with a control character', 'USER,5,a\u0007b', [2], 'Read: USER,5,a\\u{7}b'],
    ['a cell too few, or too many', 'USER,5\nUSER,5,a,b', [2, 3], 'Read: USER,5'],
  ] as const)(
    'names each record with bad %s once, by its first line, and quotes it',
    async ([_, text, lines, shown], { server }) => {
      const { username } = await server.user();
      const file = await write('faults.csv', `user,points,key\n${text.replaceAll('USER', username)}\n`);
      const { status, stdout, stderr } = await ledger(server, 'import', file);
      expect({ status, stdout }).toEqual({ status: 1, stdout: done(0, 0, lines.length) });
      expect([...stderr.matchAll(/^line (\d+): .+$/gm)].map(([, line]) => Number(line))).toEqual(lines);
      expect(stderr).toContain(shown.replace('USER', username));
    },
  );
});

describe('A file that scrip ledger import refuses', () => {
  it('lacks a required column, or the owner does not exist', async ({ server }) => {
    const file = await write('i.csv', 'user,points\nadmin,1\n');
    expect(await ledger(server, 'import', file)).toMatchObject({
      status: 2,
      stdout: '',
      stderr: 'scrip: The header has no column key. It reads: user | points\n',
    });
    expect((await ledger(server, 'import', await write('i.csv', 'user.points,Key\n'))).stderr).toBe(
      'scrip: The header has no column user, points. It reads: user.points | Key\n',
    );
    expect(await ledger(server, 'import', file, '--owner', 'nobody')).toMatchObject({
      status: 1,
      stdout: '',
      stderr: 'scrip: There is no such user.\n',
    });
  });

  it.for([
    ['i.csv', ''],
    ['i.csv', '\ufeff\r\n,,\r\n'],
    ['i.csv', 'sep=;\n'],
  ] as const)('is %s without a row: %j', async ([name, text], { server }) => {
    const { status, stdout, stderr } = await ledger(server, 'import', await write(name, text));
    expect({ status, stdout, stderr }).toEqual({ status: 2, stdout: '', stderr: 'scrip: The file is empty.\n' });
  });

  it('is one line of 99,000 characters', async ({ server }) => {
    const { status, stderr } = await ledger(server, 'import', await write('endless.csv', 'x'.repeat(99_000)));
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('has no column user') });
  });

  it('is one line of white space alone', async ({ server }) => {
    const { status, stderr } = await ledger(server, 'import', await write('white.csv', ' '.repeat(99_000)));
    expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('is empty') });
  });

  it('has a column twice', async ({ server }) => {
    const { status, stderr } = await ledger(
      server,
      'import',
      await write('i.csv', 'user,points,key, Key\nadmin,1,a,b\n'),
    );
    expect({ status, stderr }).toEqual({ status: 2, stderr: 'scrip: The header has the column key twice.\n' });
  });

  it.for(['nothing.csv', 'points.xlsx'])('does not exist: %s ends with 2', async (file, { server }) => {
    const { status, stderr } = await ledger(server, 'import', file);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^scrip: .+\n$/);
  });
});
