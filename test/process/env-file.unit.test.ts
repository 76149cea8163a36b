import { describe, expect, it } from 'vitest';
import { parseEnvFile } from '../../src/env-file.js';

const parse = (text: string) => parseEnvFile(Buffer.from(text));

describe('A file .env', () => {
  it.each([
    ['with a byte order mark and CRLF', '\ufeffA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['with CR', 'A=1\rB=2', { A: '1', B: '2' }],
    ['with blanks and `export`', '  export A = 1 \n\tB=\t2', { A: '1', B: '2' }],
    ['with comments', '# A=0\nA=1 # one\n\n  # B\nB="2" # two\nC=3\t# three', { A: '1', B: '2', C: '3' }],
    ['with # in quotes', `A="1#2"\nB='#'\nC=\`x # y\``, { A: '1#2', B: '#', C: 'x # y' }],
    ['with quotes in quotes', `A='say "hi"'\nB="it's"`, { A: 'say "hi"', B: "it's" }],
    ['with quotes within a value', `A=it's\nB=5"`, { A: "it's", B: '5"' }],
    ['with escaped line breaks', `A="one\\ntwo"\nB='one\\ntwo'`, { A: 'one\ntwo', B: 'one\\ntwo' }],
    ['with empty values', 'A=\nB=""\nC=3', { A: '', B: '', C: '3' }],
    ['with = in a value', 'A=postgres://a:b@c/d?e=f&g=h\nB=x==', { A: 'postgres://a:b@c/d?e=f&g=h', B: 'x==' }],
    ['with a no-break space in quotes and in a comment', 'A="1\u00a02" # \u00a0\nB=3', { A: '1\u00a02', B: '3' }],
    ['without anything', '', {}],
  ])('%s is read', (_what, text, variables) => {
    expect(parse(text)).toEqual(variables);
  });

  it.each([
    ['a # that would cut a value off', 'A=1\nB=a-secret#and-more', 'line 2 (B) has a #'],
    ['a value that begins with #', 'A=#secret', 'line 1 (A) has a #'],
    ['a # behind a blank and one before', 'A=a-sec#ret # note', 'line 1 (A) has a #'],
    ['a quote that is not closed', 'A="a-secret\nB=2', 'line 1 (A) has a quote'],
    ['text behind a quote', 'A="a-" secret', 'line 1 (A) has a quote'],
    ['an escaped quote', 'A="a-\\"secret"', 'line 1 (A) has a quote'],
    ['a line without =', 'A="1"\nB=2\n\na-secret', 'line 4 is neither'],
    ['a value of several lines', 'A="one\na-secret"\nB=3', 'line 1 (A) has a quote'],
    ['a no-break space before a name', '\u00a0A=1', 'line 1 has the character U+00A0'],
    ['a no-break space behind a name', 'A\u00a0=1', 'line 1 has the character U+00A0'],
    ['a no-break space before a value', 'A=\u00a0a-secret', 'line 1 (A) has the character U+00A0'],
    ['a no-break space behind a value', 'B=1\nA=a-secret\u00a0\n', 'line 2 (A) has the character U+00A0'],
    ['a no-break space in a value', 'A=a\u00a0secret', 'line 1 (A) has the character U+00A0'],
    ['a no-break space before a comment', 'A=a-secret\u00a0# note', 'line 1 (A) has the character U+00A0'],
    ['a no-break space behind quotes', 'A="a-secret"\u00a0', 'line 1 (A) has the character U+00A0'],
    ['a no-break space alone in a line', 'A=1\n\u00a0\n', 'line 2 has the character U+00A0'],
    ['a space of no width in a value', 'A=a-secret\u200b', 'line 1 (A) has the character U+200B'],
    ['a second byte order mark', '\ufeff\ufeffA=1', 'line 1 has the character U+FEFF'],
    ['a name that stands twice', 'A=1\n# A\nexport A="a-secret"', 'line 3 (A) sets the variable again: line 1 has'],
    ['a name that stands twice with one value', 'A=1\nA=1', 'line 2 (A) sets the variable again: line 1 has'],
    ['a name that no variable has', 'A-B=a-secret', 'line 1 is neither'],
    ['a line of YAML', 'A: a-secret', 'line 1 is neither'],
  ])('with %s is refused with the number of the line and without the value', (_what, text, fault) => {
    expect(() => parse(text)).toThrow(fault);
    expect(() => parse(text)).not.toThrow(/secret|sec#ret/);
  });

  it('that is not UTF-8 is refused', () => {
    expect(() => parseEnvFile(Buffer.from('A=\xe4', 'latin1'))).toThrow('not UTF-8');
  });
});
