import { describe, expect, it } from 'vitest';
import { escapeCell, unescapeCell } from '../../src/spreadsheet-cell.js';

/** Of these, texts of up to five characters are made: all that decides whether a spreadsheet runs something. */
const CHARACTERS = ['=', "'", '\r', '\n', ';', '"', ' ', '\u200b', 'a'];

describe('A cell of an export', () => {
  it.each(['a\n=1+1;x', 'a\r=1+1', 'a\r\n=1+1', 'a\n =1+1', 'a\n"=1+1', 'a;=1+1', 'a\n\uff1d1'])(
    'holds no formula behind a line break or a separator: %j',
    (text) => {
      expect(escapeCell(text, 'text')).not.toMatch(/[\r\n;][ "]*[=\uff1d]/);
    },
  );

  it.each(['text', 'key'] as const)('is read back exactly, and no two texts are written alike: %s', (kind) => {
    const written = new Set<string>();
    let count = 0;
    for (const text of texts(5)) {
      const cell = escapeCell(text, kind);
      if (unescapeCell(cell, kind) !== text) expect.fail(`${JSON.stringify(text)} is read back otherwise.`);
      written.add(cell);
      count++;
    }
    expect(written.size).toBe(count);
  });
});

/** All texts of {@link CHARACTERS} up to a length. */
function* texts(maxLength: number): Generator<string> {
  yield '';
  if (maxLength === 0) return;
  for (const rest of texts(maxLength - 1)) for (const character of CHARACTERS) yield character + rest;
}
