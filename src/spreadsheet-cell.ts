/** How a cell begins that a spreadsheet takes for a formula (OWASP, "CSV Injection"), full-width signs included. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/**
 * Where a text becomes the beginning of a cell after all: behind a semicolon, a tab or a bar, at which a spreadsheet
 * splits whose system separates lists so, and behind a line break, which then ends a row although it is in quotes. The
 * second is the same with an apostrophe before the formula.
 */
const INNER_FORMULA = /([;\t|\r\n][ "]*)(?='*[=+\-@＝＋－＠])/g;
const ESCAPED_INNER_FORMULA = /([;\t|\r\n][ "]*)'(?='*[=+\-@＝＋－＠])/g;

/**
 * What cannot be seen in a file: control and format characters, fillers, and white space other than a blank. A joiner is seen
 * between letters or pictographs, as Persian and emoji have them, and a variation selector behind a pictograph.
 */
const INVISIBLE = new RegExp(
  [
    /[^\S ]/,
    /(?!\u200c|\u200d|[\ufe00-\ufe0f])[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u,
    /(?<![\p{L}\p{M}\p{Extended_Pictographic}\p{Emoji_Modifier}])[\u200c\u200d]/u,
    /[\u200c\u200d](?![\p{L}\p{Extended_Pictographic}])/u,
    /(?<!\p{Extended_Pictographic})[\ufe00-\ufe0f]/u,
  ]
    .map(({ source }) => source)
    .join('|'),
  'u',
);

/** The first character that cannot be seen in a text, as `U+200B`; undefined: there is none. */
export function findInvisible(text: string): string | undefined {
  const code = INVISIBLE.exec(text)?.[0].codePointAt(0);
  return code === undefined ? undefined : `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

/** Replaces each character that cannot be seen. */
export function replaceInvisible(text: string, replace: (character: string) => string): string {
  return text.replace(new RegExp(INVISIBLE, 'gu'), replace);
}

/** Whether a text has blanks around it, or characters in it that cannot be seen. */
function isUntidy(text: string): boolean {
  return text.startsWith(' ') || text.endsWith(' ') || INVISIBLE.test(text);
}

/** Whether the cell of a key has to be refused: it is untidy, and no apostrophe says that this is meant. */
export function isUntidyKey(cell: string): boolean {
  return isUntidy(cell) && !cell.startsWith("'");
}

/** What a cell holds. A key is compared to the letter, so that what cannot be seen in it has to be meant. */
export type CellKind = 'text' | 'key';

/**
 * Writes a text as the cell of a CSV file: an apostrophe stands before what a spreadsheet would run, and before an untidy
 * key. {@link unescapeCell} gives back exactly the text.
 */
export function escapeCell(text: string, kind: CellKind): string {
  const inner = text.replaceAll(INNER_FORMULA, "$1'");
  return isEscaped(text, kind) ? `'${inner}` : inner;
}

/** The text of a cell: without the apostrophes that {@link escapeCell} put there. */
export function unescapeCell(cell: string, kind: CellKind): string {
  const text = cell.replaceAll(ESCAPED_INNER_FORMULA, '$1');
  return text.startsWith("'") && isEscaped(text.slice(1), kind) ? text.slice(1) : text;
}

/** A text that reads like an escaped one is escaped as well, so that no two texts have the same cell. */
function isEscaped(text: string, kind: CellKind): boolean {
  const inner = text.replace(/^'+/, '');
  return FORMULA.test(inner) || (kind === 'key' && isUntidy(inner));
}
