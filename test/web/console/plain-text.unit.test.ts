import { describe, expect, it } from 'vitest';
import { isolatedText, plainText } from '../../../src/web/console/display/plain-text.js';

describe('Text of a user', () => {
  it('shows control characters that would change its order', () => {
    expect(plainText('evil \u202E(test) live\u202C')).toBe('evil [U+202E](test) live[U+202C]');
    expect(plainText('\u2066a\u2069')).toBe('[U+2066]a[U+2069]');
  });

  it('is otherwise unchanged', () => {
    for (const text of ['Welcome', 'שלום עולם', 'مرحبا', '👩‍👩‍👧', 'two\nlines', ''])
      expect(plainText(text)).toBe(text);
  });

  it('is isolated within a sentence, and cannot end its isolation', () => {
    expect(isolatedText('חנות')).toBe('\u2068חנות\u2069');
    expect(isolatedText('a\u2069b')).toBe('\u2068a[U+2069]b\u2069');
  });
});
