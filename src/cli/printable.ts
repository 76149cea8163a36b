/** Escapes the characters of a text that would move a terminal's cursor or hide other text. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}

/** The beginning of a text, printable, for a message. */
export function excerpt(text: string): string {
  const characters = [...text.slice(0, 200)];
  return printable(characters.length > 100 ? `${characters.slice(0, 100).join('')}…` : characters.join(''));
}
