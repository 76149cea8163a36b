import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadConfig } from '../../src/config.js';
import { parseEnvFile } from '../../src/env-file.js';

const QUOTES = ['"', "'", '`'] as const;

/** The variables of a file; or the line that the error names. */
function read(text: string): Record<string, string> | number {
  try {
    return parseEnvFile(Buffer.from(text));
  } catch (error) {
    if (!(error instanceof BadConfig)) throw error;
    return Number(/: line (\d+) /.exec(error.message)?.[1]);
  }
}

/** What stands on a line, read alone. */
function valueOn(line: string): [name: string, value: string] {
  const [start = '', name = ''] = /^\s*(?:export\s+)?(\w+)\s*=\s*/.exec(line) ?? [];
  const written = line.slice(start.length);
  const quote = QUOTES.find((each) => written.startsWith(each));
  if (quote === undefined) return [name, written.replace(/(^|\s)#.*/, '').trim()];
  const value = written.slice(1, written.indexOf(quote, 1));
  return [name, quote === '"' ? value.replaceAll('\\n', '\n') : value];
}

/** Each variable as it stands on its line. */
const readByLine = (text: string) =>
  Object.fromEntries(
    text
      .split('\n')
      .filter((line) => !/^\s*(#|$)/.test(line))
      .map(valueOn),
  );

const quoted = fc.tuple(
  fc.constantFrom(...QUOTES),
  fc.string({ unit: fc.constantFrom('a', ' ', '#', '=', ...QUOTES) }),
);
const values = fc.oneof(
  quoted.map(([quote, value]) => `${quote}${value.replaceAll(quote, '')}${quote}`),
  fc.constantFrom('', '1', 'postgres://a:b@c/d?e=f', "it's", '5"'),
);
const files = fc
  .array(fc.tuple(values, fc.constantFrom('', ' ', ' # a comment', " # it's `one`")), { minLength: 1, maxLength: 6 })
  .map((entries) => entries.map(([value, end], index) => `V${index}=${value}${end}`));

describe('A quote in a file .env', () => {
  it.each(QUOTES)('%s that is not closed is refused with the number of its line, whatever follows', (quote) => {
    for (const next of QUOTES) {
      for (const value of [`${next}postgres://localhost/db${next}`, `5${next}`, `${next}`, `${next}${next}`, 'on']) {
        for (const between of ['', `# it${next}s a comment\n`, '\n', `# ${next}\n`])
          expect(read(`A=1\nB=${quote}0123456789\n${between}C=${value}\nD=4`), value).toBe(2);
      }
    }
  });

  it('may be on every line of a file', () => {
    fc.assert(
      fc.property(files, (lines) => {
        expect(read(lines.join('\n'))).toEqual(readByLine(lines.join('\n')));
      }),
    );
  });

  it('that is missing, or one too many, is refused with the number of its line or changes only that line', () => {
    fc.assert(
      fc.property(files, fc.nat(), fc.nat(), fc.constantFrom('', ...QUOTES), (lines, nth, at, quote) => {
        const index = nth % lines.length;
        const line = lines[index] ?? '';
        const isMissing = quote === '' && /["'`]/.test(line);
        const places = [...line]
          .map((_character, place) => place)
          .filter((place) => !isMissing || /["'`]/.test(line[place] ?? ''));
        const place = places[at % places.length] ?? 0;
        lines[index] = line.slice(0, place) + quote + line.slice(isMissing ? place + 1 : place);
        const text = lines.join('\n');
        const result = read(text);
        expect(result).toEqual(typeof result === 'number' ? index + 1 : readByLine(text));
      }),
      { numRuns: 500 },
    );
  });

  it('in any text affects only its line, or is refused', () => {
    const tokens = fc.constantFrom('A=', 'B=', 'C=', '\n', '\nA=', ' ', '#', '\\n', '\\', 'x', ...QUOTES);
    fc.assert(
      fc.property(fc.string({ unit: tokens, maxLength: 30 }), (text) => {
        const result = read(text);
        if (typeof result === 'number') expect(result).toBeGreaterThan(0);
        else expect(result).toEqual(readByLine(text));
      }),
      { numRuns: 2_000 },
    );
  });
});
