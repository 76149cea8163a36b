import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandLinePage } from '../../tools/reference/command-line.js';
import { errorsPage } from '../../tools/reference/errors.js';
import { envExample, settingsPage } from '../../tools/reference/settings.js';

describe('The reference', () => {
  it.each([
    ['docs/reference/settings.md', settingsPage],
    ['docs/reference/errors.md', errorsPage],
    ['docs/reference/command-line.md', commandLinePage],
    ['.env.example', envExample],
  ])('has %s as `npm run codegen` writes it', (file, generate) => {
    expect(readFileSync(file, 'utf8')).toBe(generate());
  });

  it('describes every setting in a sentence, with its default and its values', () => {
    const rows = settingsPage()
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    expect(rows.filter((row) => !/^\| `([A-Z_]+)`(?: or `\1_FILE`)? \| [^|]+ \| [^|]*\| .+\. \|$/.test(row))).toEqual(
      [],
    );
    expect(rows).toContainEqual(expect.stringContaining('| `PORT` | `4000` | 0 to 65535 |'));
    expect(rows).toContainEqual(expect.stringContaining('| `SIGN_UP` | `on` | `on`, `off` |'));
  });
});
